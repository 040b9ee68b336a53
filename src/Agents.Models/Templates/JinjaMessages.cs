using Agents.Models.Templates.Jinja;

namespace Agents.Models.Templates;

/// <summary>Turns as the message objects that published templates expect.</summary>
internal static class JinjaMessages
{
    /// <summary>Makes a message.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="marksTargets">Whether what the assistant says is marked as a target of training.</param>
    public static JinjaMap From(ChatTurn turn, bool marksTargets)
    {
        TextMarks marks = marksTargets && turn.Role == TurnRoles.Assistant ? TextMarks.Content | TextMarks.Target : TextMarks.Content;
        JinjaMap message = new();

        // The role is one of four known words, so templates may put it into their own text.
        message.Set("role", new JinjaText(turn.Role));
        message.Set("content", new JinjaText(turn.Content, marks));
        SetText(message, "reasoning_content", turn.Reasoning, marks);
        SetText(message, "name", turn.Name, marks);
        SetText(message, "tool_call_id", turn.ToolCallId, marks);
        if (turn.ToolCalls.Count > 0)
        {
            message.Set("tool_calls", new JinjaList([.. turn.ToolCalls.Select(call => From(call, marks))]));
        }

        return message;
    }

    private static JinjaMap From(ChatToolCall call, TextMarks marks)
    {
        JinjaMap function = new();
        function.Set("name", new JinjaText(call.Name, marks));
        function.Set("arguments", JinjaJson.Read(call.Arguments, marks));
        JinjaMap made = new();
        SetText(made, "id", call.Id, marks);
        made.Set("type", new JinjaText("function"));
        made.Set("function", function);
        return made;
    }

    private static void SetText(JinjaMap map, string name, string? text, TextMarks marks)
    {
        if (text is not null)
        {
            map.Set(name, new JinjaText(text, marks));
        }
    }
}
