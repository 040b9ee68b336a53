using System.Text;
using System.Text.Json;
using Agents.Models.Templates;
using Microsoft.Extensions.AI;

namespace Agents.Models.Chat;

/// <summary>Turns chat messages into the turns of a chat template.</summary>
internal static class ChatTurns
{
    /// <summary>Translates a conversation; instructions of the call come first, as part of the system turn.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="instructions">Instructions of the call; null or empty for none.</param>
    /// <exception cref="ArgumentException">There are no messages.</exception>
    /// <exception cref="NotSupportedException">A message holds content that a text model cannot read.</exception>
    public static List<ChatTurn> From(IEnumerable<ChatMessage> messages, string? instructions)
    {
        ArgumentNullException.ThrowIfNull(messages);
        List<ChatTurn> turns = [.. messages.Select((message, index) => new ChatTurn(message.Role.Value, Text(message, index)))];
        if (turns.Count == 0)
        {
            throw new ArgumentException("The conversation has no messages; send at least one.", nameof(messages));
        }

        if (string.IsNullOrEmpty(instructions))
        {
            return turns;
        }

        if (turns[0].Role == TurnRoles.System)
        {
            turns[0] = turns[0] with { Content = $"{instructions}\n\n{turns[0].Content}" };
        }
        else
        {
            turns.Insert(0, new ChatTurn(TurnRoles.System, instructions));
        }

        return turns;
    }

    private static string Text(ChatMessage message, int index)
    {
        StringBuilder text = new();
        foreach (AIContent content in message.Contents)
        {
            switch (content)
            {
                case TextReasoningContent or UsageContent or ErrorContent:
                    break;
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case FunctionCallContent call:
                    text.Append($"<tool_call>\n{ToolCall(call)}\n</tool_call>");
                    break;
                case FunctionResultContent result:
                    text.Append(result.Result as string ?? JsonSerializer.Serialize(result.Result));
                    break;
                case DataContent or UriContent:
                    throw new NotSupportedException($"Message {index} holds {content.GetType().Name}; this model reads text only.");
                default:
                    // Progress and other content of our own accompanies text and says nothing to a model.
                    break;
            }
        }

        return text.ToString();
    }

    private static string ToolCall(FunctionCallContent call)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("name", call.Name);
            writer.WritePropertyName("arguments");
            JsonSerializer.Serialize(writer, call.Arguments ?? new Dictionary<string, object?>());
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
