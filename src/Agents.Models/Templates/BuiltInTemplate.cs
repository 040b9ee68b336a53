using System.Text;
using System.Text.Json;

namespace Agents.Models.Templates;

/// <summary>
/// A chat template written in code. Tools are described in a turn and calls written into the assistant's turns in the words of the published template of the
/// family; as parts of turns they are content and never become control tokens. Documents cannot be given. Variables are ignored.
/// </summary>
public abstract class BuiltInTemplate : ChatTemplate
{
    private protected BuiltInTemplate(string name, IReadOnlyList<string> stopTokens)
        : base(name, stopTokens)
    {
    }

    private protected sealed override RenderedPrompt RenderTurns(IReadOnlyList<ChatTurn> turns, TemplateInput input)
    {
        if (input.Documents.Count > 0)
        {
            throw new ChatTemplateException($"The built-in chat template '{Name}' cannot give documents; use the Jinja template of the model, or leave them out.");
        }

        List<ChatTurn> written = [.. turns.Select(turn => turn.ToolCalls.Count == 0 ? turn : turn with { Content = WriteCalls(turn), ToolCalls = [] })];
        if (input.Tools.Count > 0)
        {
            AddTools(written, input.Tools);
        }

        PromptBuilder prompt = new();
        Write(prompt, written, input);
        return prompt.Build(Name);
    }

    private protected abstract void Write(PromptBuilder prompt, IReadOnlyList<ChatTurn> turns, TemplateInput input);

    /// <summary>What the system turn says when tools are offered and no turn gives one; null for nothing.</summary>
    private protected virtual string? SystemBesideTools => null;

    /// <summary>Describes the tools in the turns; here at the end of the system turn, as ChatML models of the Qwen family learnt it.</summary>
    private protected virtual void AddTools(List<ChatTurn> turns, IReadOnlyList<JsonElement> tools)
    {
        StringBuilder text = new("# Tools\n\nYou may call one or more functions to assist with the user query.\n\n");
        text.Append("You are provided with function signatures within <tools></tools> XML tags:\n<tools>");
        foreach (JsonElement tool in tools)
        {
            text.Append('\n').Append(TemplateJson.Line(tool));
        }

        text.Append("\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n")
            .Append("<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>");
        bool given = turns[0].Role == TurnRoles.System;
        string? before = given ? turns[0].Content : SystemBesideTools;
        ChatTurn system = new(TurnRoles.System, string.IsNullOrEmpty(before) ? text.ToString() : $"{before}\n\n{text}");
        if (given)
        {
            turns[0] = system;
        }
        else
        {
            turns.Insert(0, system);
        }
    }

    /// <summary>The content of an assistant turn with its calls behind.</summary>
    private protected virtual string WriteCalls(ChatTurn turn)
    {
        StringBuilder content = new(turn.Content);
        foreach (ChatToolCall call in turn.ToolCalls)
        {
            content.Append(content.Length > 0 ? "\n" : "")
                .Append("<tool_call>\n{\"name\": \"").Append(call.Name).Append("\", \"arguments\": ").Append(TemplateJson.Line(call.Arguments)).Append("}\n</tool_call>");
        }

        return content.ToString();
    }
}
