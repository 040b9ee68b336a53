namespace Agents.Models.Templates;

/// <summary>
/// ChatML: every turn is <c>&lt;|im_start|&gt;role\ncontent&lt;|im_end|&gt;\n</c>, without a default system message. The template of this
/// project's own models.
/// </summary>
public sealed class ChatMlTemplate : BuiltInTemplate
{
    /// <summary>The same template in Jinja, for model files. Other programs render it with their own interpreters.</summary>
    public const string Jinja =
        @"{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
        + @"{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    internal const string Start = "<|im_start|>";
    internal const string End = "<|im_end|>";

    internal ChatMlTemplate()
        : base("chatml", [End, "<|endoftext|>"])
    {
    }

    internal static void WriteTurn(PromptBuilder prompt, ChatTurn turn)
    {
        bool target = turn.Role == TurnRoles.Assistant;
        prompt.Control(Start).Template(turn.Role + "\n").Content(turn.Content, target).Control(End, target).Template("\n");
    }

    private protected override void Write(PromptBuilder prompt, IReadOnlyList<ChatTurn> turns, TemplateInput input)
    {
        foreach (ChatTurn turn in turns)
        {
            WriteTurn(prompt, turn);
        }

        if (input.AddGenerationPrompt)
        {
            prompt.Control(Start).Template("assistant\n");
        }
    }
}
