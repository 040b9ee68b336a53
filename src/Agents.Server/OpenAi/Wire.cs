using System.Text.Json.Serialization;

namespace Agents.Server.OpenAi;

// The JSON of the chat completions API, as its public reference describes it; only what this server sends.
#pragma warning disable CA1812 // Records that only the serializer makes.

internal sealed record ApiError(string Message, string Type, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);

internal sealed record ErrorBody(ApiError Error);

internal sealed record ModelEntry(string Id, string Object, long Created, string OwnedBy);

internal sealed record ModelList(string Object, IReadOnlyList<ModelEntry> Data);

internal sealed record TokenUsage(long PromptTokens, long CompletionTokens, long TotalTokens);

internal sealed record CalledFunction(string Name, string Arguments);

internal sealed record ToolCall(int? Index, string Id, string Type, CalledFunction Function);

internal sealed record AnswerMessage(
    string Role, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Content, IReadOnlyList<ToolCall>? ToolCalls,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Refusal = null);

internal sealed record AnswerChoice(int Index, AnswerMessage Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Logprobs, string FinishReason);

internal sealed record ChatCompletion(string Id, string Object, long Created, string Model, IReadOnlyList<AnswerChoice> Choices, TokenUsage Usage);

internal sealed record AnswerDelta(string? Role = null, string? Content = null, IReadOnlyList<ToolCall>? ToolCalls = null);

internal sealed record DeltaChoice(int Index, AnswerDelta Delta, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FinishReason);

internal sealed record ChatCompletionChunk(string Id, string Object, long Created, string Model, IReadOnlyList<DeltaChoice> Choices, TokenUsage? Usage);

internal sealed record HealthState(string Status);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ModelEntry))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatCompletionChunk))]
[JsonSerializable(typeof(HealthState))]
internal sealed partial class WireJson : JsonSerializerContext;
