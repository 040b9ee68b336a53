namespace Agents.Models.Templates;

/// <summary>
/// What Qwen2.5 and Qwen3 share on top of ChatML: a system turn has its place in front, and the results of tools are put together in one user
/// turn, each between <c>&lt;tool_response&gt;</c> tags.
/// </summary>
public abstract class QwenTemplate : BuiltInTemplate
{
    private readonly string? _defaultSystem;

    private protected QwenTemplate(string name, string? defaultSystem)
        : base(name, [ChatMlTemplate.End, "<|endoftext|>"])
    {
        _defaultSystem = defaultSystem;
    }

    private protected override string? SystemBesideTools => _defaultSystem;

    private protected sealed override void Write(PromptBuilder prompt, IReadOnlyList<ChatTurn> turns, TemplateInput input)
    {
        if (_defaultSystem is not null && turns[0].Role != TurnRoles.System)
        {
            prompt.Control(ChatMlTemplate.Start).Template("system\n" + _defaultSystem).Control(ChatMlTemplate.End).Template("\n");
        }

        for (int i = 0; i < turns.Count; i++)
        {
            switch (turns[i].Role)
            {
                case TurnRoles.Assistant:
                    WriteAssistant(prompt, turns, i);
                    break;
                case TurnRoles.Tool:
                    WriteTool(prompt, turns, i);
                    break;
                default:
                    ChatMlTemplate.WriteTurn(prompt, turns[i]);
                    break;
            }
        }

        if (input.AddGenerationPrompt)
        {
            prompt.Control(ChatMlTemplate.Start).Template("assistant\n" + OpeningOfAnswer);
        }
    }

    /// <summary>What the template itself writes at the beginning of an answer.</summary>
    private protected virtual string OpeningOfAnswer => string.Empty;

    private protected virtual void WriteAssistant(PromptBuilder prompt, IReadOnlyList<ChatTurn> turns, int index) =>
        ChatMlTemplate.WriteTurn(prompt, turns[index]);

    private static void WriteTool(PromptBuilder prompt, IReadOnlyList<ChatTurn> turns, int index)
    {
        if (index == 0 || turns[index - 1].Role != TurnRoles.Tool)
        {
            prompt.Control(ChatMlTemplate.Start).Template("user");
        }

        prompt.Template("\n<tool_response>\n").Content(turns[index].Content).Template("\n</tool_response>");
        if (index == turns.Count - 1 || turns[index + 1].Role != TurnRoles.Tool)
        {
            prompt.Control(ChatMlTemplate.End).Template("\n");
        }
    }
}
