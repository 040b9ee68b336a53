using Agents.Tracing;

namespace Agents.Runtime.Tracing;

/// <summary>What a node brought when it ended; absent values leave the node as it is.</summary>
public readonly record struct TraceOutcome
{
    /// <summary>Gets the text that came back.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the model's name, where the response names it.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the exact tokens.</summary>
    public GenerationRecord? Record { get; init; }

    /// <summary>Gets the tokens read.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Gets the tokens written.</summary>
    public long CompletionTokens { get; init; }

    /// <summary>Gets the number of the attempt that succeeded, from 0; null for that of the node.</summary>
    public int? Attempt { get; init; }

    /// <summary>Gets why the call failed; null when it did not.</summary>
    public string? Error { get; init; }
}
