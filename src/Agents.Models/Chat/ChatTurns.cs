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
        List<ChatTurn> turns = [.. messages.SelectMany(Turns)];
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

    /// <summary>A message is one turn, except that every result of a tool is a turn of its own.</summary>
    private static IEnumerable<ChatTurn> Turns(ChatMessage message, int index)
    {
        StringBuilder text = new();
        StringBuilder reasoning = new();
        List<ChatToolCall> calls = [];
        List<ChatTurn> results = [];
        foreach (AIContent content in message.Contents)
        {
            switch (content)
            {
                case TextReasoningContent thought:
                    reasoning.Append(thought.Text);
                    break;
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case FunctionCallContent call:
                    calls.Add(new ChatToolCall(
                        string.IsNullOrEmpty(call.CallId) ? null : call.CallId, call.Name, JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>())));
                    break;
                case FunctionResultContent result:
                    results.Add(new ChatTurn(message.Role.Value, result.Result as string ?? JsonSerializer.Serialize(result.Result))
                    {
                        ToolCallId = string.IsNullOrEmpty(result.CallId) ? null : result.CallId,
                    });
                    break;
                case DataContent or UriContent:
                    throw new NotSupportedException($"Message {index} holds {content.GetType().Name}; this model reads text only.");
                default:
                    // Usage, errors, progress and other content of our own accompanies text and says nothing to a model.
                    break;
            }
        }

        if (text.Length > 0 || calls.Count > 0 || results.Count == 0)
        {
            yield return new ChatTurn(message.Role.Value, text.ToString())
            {
                Name = message.AuthorName,
                Reasoning = reasoning.Length > 0 ? reasoning.ToString() : null,
                ToolCalls = calls,
            };
        }

        foreach (ChatTurn result in results)
        {
            yield return result;
        }
    }
}
