using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agents.Server.OpenAi;

/// <summary>Translates responses into the wire's words.</summary>
internal static class AnswerMapper
{
    /// <summary>One finished answer.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="response">The response.</param>
    public static AnswerChoice Choice(int index, ChatResponse response)
    {
        List<ToolCall> calls = [];
        foreach (FunctionCallContent call in response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>())
        {
            calls.Add(Call(call, index: null));
        }

        string text = response.Text;
        AnswerMessage message = new("assistant", calls.Count > 0 && text.Length == 0 ? null : text, calls.Count > 0 ? calls : null);
        return new AnswerChoice(index, message, null, FinishReason(response.FinishReason, calls.Count > 0));
    }

    /// <summary>One tool call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="index">Its number within a stream; null in whole answers.</param>
    public static ToolCall Call(FunctionCallContent call, int? index) => new(
        index, call.CallId, "function", new CalledFunction(call.Name, JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)))));

    /// <summary>Why an answer ended.</summary>
    /// <param name="reason">What the client said; null for nothing.</param>
    /// <param name="hasCalls">Whether the answer calls tools.</param>
    public static string FinishReason(ChatFinishReason? reason, bool hasCalls) =>
        hasCalls || reason == ChatFinishReason.ToolCalls ? "tool_calls"
        : reason == ChatFinishReason.Length ? "length"
        : reason == ChatFinishReason.ContentFilter ? "content_filter"
        : "stop";

    /// <summary>Token counts of several answers.</summary>
    /// <param name="parts">Counts per answer; null where the client gave none.</param>
    /// <param name="sharedPrompt">Whether the prompt was read once for all of them.</param>
    public static TokenUsage Usage(IReadOnlyList<UsageDetails?> parts, bool sharedPrompt)
    {
        long prompt = sharedPrompt ? parts.Max(part => part?.InputTokenCount ?? 0) : parts.Sum(part => part?.InputTokenCount ?? 0);
        long completion = parts.Sum(part => part?.OutputTokenCount ?? 0);
        return new TokenUsage(prompt, completion, prompt + completion);
    }
}
