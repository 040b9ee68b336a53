using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agents.Server.OpenAi;

/// <summary>Reads the conversation of a request. Text, tool calls and tool results; images and audio are off.</summary>
internal static class ChatMessageReader
{
    /// <summary>Reads all messages.</summary>
    /// <param name="request">The fields of the request.</param>
    /// <param name="maximum">Most messages.</param>
    /// <exception cref="ApiErrorException">A message is damaged, or there are none or too many.</exception>
    public static List<ChatMessage> Read(JsonFields request, int maximum)
    {
        JsonElement array = request.Of("messages", JsonValueKind.Array) ?? throw ApiErrorException.Invalid("messages", "'messages' is missing; expected an array.");
        int count = array.GetArrayLength();
        if (count == 0 || count > maximum)
        {
            throw ApiErrorException.Invalid("messages", $"'messages' has {count} entries; expected 1 to {maximum}.");
        }

        List<ChatMessage> messages = new(count);
        foreach (JsonElement entry in array.EnumerateArray())
        {
            string path = $"messages[{messages.Count}]";
            messages.Add(entry.ValueKind == JsonValueKind.Object
                ? ReadMessage(new JsonFields(entry, path))
                : throw ApiErrorException.Invalid(path, $"'{path}' is {entry.ValueKind}; expected an object."));
        }

        return messages;
    }

    private static ChatMessage ReadMessage(JsonFields fields)
    {
        string role = fields.RequiredText("role");
        string? name = fields.Text("name");
        return role switch
        {
            "system" or "developer" => new ChatMessage(ChatRole.System, RequiredContent(fields)) { AuthorName = name },
            "user" => new ChatMessage(ChatRole.User, RequiredContent(fields)) { AuthorName = name },
            "assistant" => new ChatMessage(ChatRole.Assistant, ReadAssistant(fields)) { AuthorName = name },
            "tool" => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(fields.RequiredText("tool_call_id"), RequiredContent(fields))]),
            _ => throw ApiErrorException.Invalid(
                fields.PathOf("role"), $"'{fields.PathOf("role")}' is '{role}'; expected system, developer, user, assistant or tool.", "invalid_value"),
        };
    }

    private static string RequiredContent(JsonFields fields) =>
        ReadContent(fields) ?? throw ApiErrorException.Invalid(fields.PathOf("content"), $"'{fields.PathOf("content")}' is missing; expected a string or an array of text parts.");

    private static string? ReadContent(JsonFields fields)
    {
        if (fields.Any("content") is not JsonElement content)
        {
            return null;
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            return content.GetString();
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            throw fields.Mismatch("content", "a string or an array of text parts");
        }

        StringBuilder text = new();
        int index = 0;
        foreach (JsonElement entry in content.EnumerateArray())
        {
            string path = $"{fields.PathOf("content")}[{index++}]";
            if (entry.ValueKind != JsonValueKind.Object)
            {
                throw ApiErrorException.Invalid(path, $"'{path}' is {entry.ValueKind}; expected an object.");
            }

            JsonFields part = new(entry, path);
            string type = part.RequiredText("type");
            text.Append(type is "text" or "refusal"
                ? part.RequiredText(type)
                : throw ApiErrorException.Invalid(part.PathOf("type"), $"'{part.PathOf("type")}' is '{type}'; this server reads text only.", "unsupported_content"));
        }

        return text.ToString();
    }

    private static List<AIContent> ReadAssistant(JsonFields fields)
    {
        List<AIContent> contents = [];
        if (ReadContent(fields) is { Length: > 0 } text)
        {
            contents.Add(new TextContent(text));
        }

        if (fields.Of("tool_calls", JsonValueKind.Array) is JsonElement calls)
        {
            foreach (JsonElement call in calls.EnumerateArray())
            {
                contents.Add(ReadCall(call, $"{fields.PathOf("tool_calls")}[{contents.Count}]"));
            }
        }
        else if (fields.Any("content") is null)
        {
            throw ApiErrorException.Invalid(fields.PathOf("content"), $"'{fields.PathOf("content")}' is missing; an assistant message has content or tool calls.");
        }

        return contents;
    }

    private static FunctionCallContent ReadCall(JsonElement call, string path)
    {
        if (call.ValueKind != JsonValueKind.Object)
        {
            throw ApiErrorException.Invalid(path, $"'{path}' is {call.ValueKind}; expected an object.");
        }

        JsonFields fields = new(call, path);
        JsonElement function = fields.Of("function", JsonValueKind.Object)
            ?? throw ApiErrorException.Invalid(fields.PathOf("function"), $"'{fields.PathOf("function")}' is missing; only function calls are known.");
        JsonFields called = new(function, fields.PathOf("function"));
        return new FunctionCallContent(fields.RequiredText("id"), called.RequiredText("name"), ReadArguments(called));
    }

    private static Dictionary<string, object?> ReadArguments(JsonFields called)
    {
        string text = called.Text("arguments") ?? "";
        Dictionary<string, object?> arguments = new(StringComparer.Ordinal);
        if (text.Length == 0)
        {
            return arguments;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text, ChatCompletionEndpoint.JsonLimits);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty property in document.RootElement.EnumerateObject())
                {
                    arguments[property.Name] = property.Value.Clone();
                }

                return arguments;
            }
        }
        catch (JsonException)
        {
            // Reported below like any other text that is no object.
        }

        throw ApiErrorException.Invalid(called.PathOf("arguments"), $"'{called.PathOf("arguments")}' is no JSON object.");
    }
}
