namespace Agents.Models.Templates;

/// <summary>
/// Qwen3: ChatML whose answers start with a reasoning block. Reasoning of assistant turns before the last question is dropped; the last turn of
/// a rendered conversation always has a block, possibly an empty one.
/// </summary>
public sealed class Qwen3Template : QwenTemplate
{
    private const string Open = "<think>";
    private const string Close = "</think>";
    private const string EmptyBlock = "<think>\n\n</think>\n\n";
    private readonly bool _thinking;

    /// <param name="thinking">Whether the model shall reason first; otherwise the template writes an empty block for it.</param>
    internal Qwen3Template(bool thinking)
        : base(thinking ? "qwen3" : "qwen3-no-thinking", defaultSystem: null)
    {
        _thinking = thinking;
    }

    private protected override string OpeningOfAnswer => _thinking ? string.Empty : EmptyBlock;

    private protected override void WriteAssistant(PromptBuilder prompt, IReadOnlyList<ChatTurn> turns, int index)
    {
        (string reasoning, string answer) = Divide(turns[index].Content);
        bool last = index == turns.Count - 1;
        prompt.Control(ChatMlTemplate.Start).Template("assistant\n");
        if (index > LastQuestion(turns) && (last || reasoning.Length > 0))
        {
            answer = answer.TrimStart('\n');
            reasoning = reasoning.Trim('\n');
            if (reasoning.Length == 0)
            {
                // Without thinking the empty block is part of the generation prompt, so there is nothing to learn in it.
                prompt.Template(EmptyBlock, _thinking);
            }
            else
            {
                prompt.Template(Open + "\n", target: true).Content(reasoning, target: true).Template("\n" + Close + "\n\n", target: true);
            }
        }

        prompt.Content(answer, target: true).Control(ChatMlTemplate.End, target: true).Template("\n");
    }

    private static (string Reasoning, string Answer) Divide(string content)
    {
        int close = content.IndexOf(Close, StringComparison.Ordinal);
        if (close < 0)
        {
            return (string.Empty, content);
        }

        string before = content[..close].TrimEnd('\n');
        int open = before.LastIndexOf(Open, StringComparison.Ordinal);
        string reasoning = open < 0 ? before : before[(open + Open.Length)..];
        int lastClose = content.LastIndexOf(Close, StringComparison.Ordinal);
        return (reasoning.TrimStart('\n'), content[(lastClose + Close.Length)..].TrimStart('\n'));
    }

    /// <summary>Index of the last user turn that asks something; a user turn that only wraps a tool's result does not.</summary>
    private static int LastQuestion(IReadOnlyList<ChatTurn> turns)
    {
        for (int i = turns.Count - 1; i >= 0; i--)
        {
            string content = turns[i].Content;
            bool wrapsResult = content.StartsWith("<tool_response>", StringComparison.Ordinal) && content.EndsWith("</tool_response>", StringComparison.Ordinal);
            if (turns[i].Role == TurnRoles.User && !wrapsResult)
            {
                return i;
            }
        }

        return turns.Count - 1;
    }
}
