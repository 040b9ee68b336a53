using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Agents.Runtime.Connectors;

/// <summary>Chat completions from the wire format.</summary>
internal static class OpenAIResponses
{
    /// <summary>Converts a completion (its first choice).</summary>
    /// <param name="completion">The completion.</param>
    public static ChatResponse Convert(ChatCompletion completion)
    {
        List<AIContent> contents = [.. completion.Content.Where(part => part.Kind == ChatMessageContentPartKind.Text).Select(part => new TextContent(part.Text))];
        contents.AddRange(completion.ToolCalls.Select(call => OpenAIMessages.ToolCall(call.Id, call.FunctionName, call.FunctionArguments.ToString())));
        if (completion.Refusal is { Length: > 0 } refusal)
        {
            contents.Add(new ErrorContent(refusal) { ErrorCode = "refusal" });
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents) { MessageId = completion.Id })
        {
            ResponseId = completion.Id,
            ModelId = completion.Model,
            CreatedAt = completion.CreatedAt,
            FinishReason = Convert(completion.FinishReason),
            Usage = Convert(completion.Usage),
        };
    }

    /// <summary>Converts all choices of a completion, in order.</summary>
    /// <param name="raw">The response body.</param>
    /// <remarks>The server counts the group as one; the first response carries the prompt tokens, and completion tokens are shared by length of text.</remarks>
    public static IReadOnlyList<ChatResponse> ConvertChoices(BinaryData raw)
    {
        JsonObject root = JsonNode.Parse(raw)!.AsObject();
        JsonArray listed = root["choices"] as JsonArray ?? throw new FormatException("The body has no list 'choices'.");
        JsonNode[] choices = [.. listed.Select(choice => choice!.DeepClone()).OrderBy(choice => (int?)choice["index"] ?? 0)];
        List<ChatResponse> responses = [];
        foreach (JsonNode choice in choices)
        {
            JsonObject one = root.DeepClone().AsObject();
            one["choices"] = new JsonArray(choice);
            responses.Add(Convert(ModelReaderWriter.Read<ChatCompletion>(BinaryData.FromString(one.ToJsonString()))!));
        }

        ShareUsage(responses);
        return responses;
    }

    /// <summary>Converts a usage; null when the server gave none.</summary>
    /// <param name="usage">The usage.</param>
    public static UsageDetails? Convert(ChatTokenUsage? usage) => usage is null ? null : new UsageDetails
    {
        InputTokenCount = usage.InputTokenCount,
        OutputTokenCount = usage.OutputTokenCount,
        TotalTokenCount = usage.TotalTokenCount,
        CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount,
        ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount,
    };

    /// <summary>Converts a finish reason.</summary>
    /// <param name="reason">The reason.</param>
    public static ChatFinishReason Convert(OpenAI.Chat.ChatFinishReason reason) => reason switch
    {
        OpenAI.Chat.ChatFinishReason.Length => ChatFinishReason.Length,
        OpenAI.Chat.ChatFinishReason.ContentFilter => ChatFinishReason.ContentFilter,
        OpenAI.Chat.ChatFinishReason.ToolCalls or OpenAI.Chat.ChatFinishReason.FunctionCall => ChatFinishReason.ToolCalls,
        _ => ChatFinishReason.Stop,
    };

    private static void ShareUsage(List<ChatResponse> responses)
    {
        if (responses.Count < 2 || responses[0].Usage is not { OutputTokenCount: { } total } usage)
        {
            return;
        }

        long characters = Math.Max(1, responses.Sum(response => (long)response.Text.Length));
        long before = 0;
        long given = 0;
        foreach (ChatResponse response in responses)
        {
            before += response.Text.Length;
            long upTo = ReferenceEquals(response, responses[^1]) ? total : total * before / characters;
            long input = ReferenceEquals(response, responses[0]) ? usage.InputTokenCount ?? 0 : 0;
            response.Usage = new UsageDetails { InputTokenCount = input, OutputTokenCount = upTo - given, TotalTokenCount = input + upTo - given };
            given = upTo;
        }
    }
}
