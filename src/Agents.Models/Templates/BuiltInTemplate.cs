using System.Text;
using System.Text.Json;

namespace Agents.Models.Templates;

/// <summary>
/// A chat template written in code. It knows plain conversations: calls in assistant turns become <c>&lt;tool_call&gt;</c> blocks of their content, and
/// tools or documents cannot be offered. Variables are ignored.
/// </summary>
public abstract class BuiltInTemplate : ChatTemplate
{
    private protected BuiltInTemplate(string name, IReadOnlyList<string> stopTokens)
        : base(name, stopTokens)
    {
    }

    private protected sealed override RenderedPrompt RenderTurns(IReadOnlyList<ChatTurn> turns, TemplateInput input)
    {
        if (input.Tools.Count > 0 || input.Documents.Count > 0)
        {
            throw new ChatTemplateException(
                $"The built-in chat template '{Name}' cannot offer {(input.Tools.Count > 0 ? "tools" : "documents")}; use the Jinja template of the model, or leave them out.");
        }

        PromptBuilder prompt = new();
        Write(prompt, [.. turns.Select(WithCalls)], input.AddGenerationPrompt);
        return prompt.Build(Name);
    }

    private protected abstract void Write(PromptBuilder prompt, IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt);

    private static ChatTurn WithCalls(ChatTurn turn)
    {
        if (turn.ToolCalls.Count == 0)
        {
            return turn;
        }

        StringBuilder content = new(turn.Content);
        foreach (ChatToolCall call in turn.ToolCalls)
        {
            using MemoryStream stream = new();
            using (Utf8JsonWriter writer = new(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("name", call.Name);
                writer.WritePropertyName("arguments");
                call.Arguments.WriteTo(writer);
                writer.WriteEndObject();
            }

            content.Append("<tool_call>\n").Append(Encoding.UTF8.GetString(stream.ToArray())).Append("\n</tool_call>");
        }

        return turn with { Content = content.ToString(), ToolCalls = [] };
    }
}
