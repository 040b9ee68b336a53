using System.Text.Json.Serialization;

namespace Agents.Cli.Documents;

/// <summary>One node of a trace: a strategy, a step, a call, or an attempt of a call.</summary>
internal sealed record TraceItem
{
    /// <summary>Gets the id.</summary>
    public required int Id { get; init; }

    /// <summary>Gets the parent's id; null for the root.</summary>
    public required int? ParentId { get; init; }

    /// <summary>Gets strategy, step, call or attempt.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the name of the strategy or step, or the role of the call.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the role of the model that was called.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    /// <summary>Gets the model that was called.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    /// <summary>Gets the text that came back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>Gets the tokens read.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Gets the tokens written.</summary>
    public required long CompletionTokens { get; init; }

    /// <summary>Gets the start, in seconds after the start of the request.</summary>
    public required double StartSeconds { get; init; }

    /// <summary>Gets how long it took; null when it was cut off.</summary>
    public required double? Seconds { get; init; }

    /// <summary>Gets the value the strategy gave it, in [0, 1]; null when it has none.</summary>
    public required double? Value { get; init; }

    /// <summary>Gets the verified reward; null when nobody scored it.</summary>
    public required double? Reward { get; init; }

    /// <summary>Gets what the strategy noted, for example the extracted answer.</summary>
    public required IReadOnlyDictionary<string, string> Notes { get; init; }

    /// <summary>Gets why the call failed; absent when it did not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>Gets the exact tokens; absent where the backend cannot give them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TraceTokens? Tokens { get; init; }
}
