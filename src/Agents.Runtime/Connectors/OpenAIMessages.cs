using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Agents.Runtime.Connectors;

/// <summary>Conversations in the wire format: text, images, tool calls and tool results.</summary>
internal static class OpenAIMessages
{
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>Converts a conversation.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="instructions">Instructions that stand before the first message; null for none.</param>
    public static List<OpenAI.Chat.ChatMessage> Convert(IEnumerable<ChatMessage> messages, string? instructions)
    {
        List<OpenAI.Chat.ChatMessage> converted = [];
        if (!string.IsNullOrEmpty(instructions))
        {
            converted.Add(new SystemChatMessage(instructions));
        }

        foreach (ChatMessage message in messages)
        {
            if (message.Role == ChatRole.System)
            {
                converted.Add(new SystemChatMessage(message.Text));
            }
            else if (message.Role == ChatRole.Tool)
            {
                converted.AddRange(message.Contents.OfType<FunctionResultContent>().Select(result => new ToolChatMessage(result.CallId, Text(result.Result))));
            }
            else if (message.Role == ChatRole.Assistant)
            {
                converted.Add(Assistant(message));
            }
            else
            {
                ChatMessageContentPart[] parts = [.. message.Contents.Select(Part).OfType<ChatMessageContentPart>()];
                converted.Add(parts.Length == 0 ? new UserChatMessage("") : new UserChatMessage(parts));
            }
        }

        return converted;
    }

    /// <summary>Reads a tool call; arguments that are no JSON object become an error inside the call, which the tool loop reports to the model.</summary>
    /// <param name="id">Id of the call.</param>
    /// <param name="name">Name of the function.</param>
    /// <param name="arguments">JSON text.</param>
    public static FunctionCallContent ToolCall(string id, string name, string arguments) =>
        FunctionCallContent.CreateFromParsedArguments(arguments, id, name, static text =>
        {
            Dictionary<string, object?> parsed = new(StringComparer.Ordinal);
            if (text.Length > 0)
            {
                using JsonDocument document = JsonDocument.Parse(text);
                foreach (JsonProperty property in document.RootElement.EnumerateObject())
                {
                    parsed[property.Name] = property.Value.Clone();
                }
            }

            return parsed;
        });

    private static AssistantChatMessage Assistant(ChatMessage message)
    {
        ChatToolCall[] calls = [.. message.Contents.OfType<FunctionCallContent>().Select(call =>
            ChatToolCall.CreateFunctionToolCall(call.CallId, call.Name, BinaryData.FromString(Arguments(call))))];
        if (calls.Length == 0)
        {
            return new AssistantChatMessage(message.Text);
        }

        var converted = new AssistantChatMessage(calls);
        if (message.Text.Length > 0)
        {
            converted.Content.Add(ChatMessageContentPart.CreateTextPart(message.Text));
        }

        return converted;
    }

    private static string Arguments(FunctionCallContent call) =>
        JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), Compact.GetTypeInfo(typeof(IDictionary<string, object?>)));

    private static string Text(object? result) => result switch
    {
        null => "",
        string text => text,
        _ => JsonSerializer.Serialize(result, Compact.GetTypeInfo(typeof(object))),
    };

    private static ChatMessageContentPart? Part(AIContent content) => content switch
    {
        TextContent text => ChatMessageContentPart.CreateTextPart(text.Text),
        DataContent data when data.HasTopLevelMediaType("image") => ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(data.Data), data.MediaType),
        UriContent uri when uri.HasTopLevelMediaType("image") => ChatMessageContentPart.CreateImagePart(uri.Uri),
        DataContent or UriContent => throw new NotSupportedException($"An OpenAI-compatible endpoint takes text and images; the conversation holds {content.GetType().Name} of another media type."),
        _ => null,
    };
}
