using Agents.Models;
using Microsoft.Extensions.AI;

namespace Agents.Tracing;

/// <summary>One node of the trace tree: a strategy, a step of it, or a model call (an attempt of one). Model calls are rows of training data.</summary>
public sealed record TraceNode
{
    /// <summary>Gets the id, unique in the trace and ascending in order of creation.</summary>
    public required int Id { get; init; }

    /// <summary>Gets the parent's id; null for the root.</summary>
    public int? ParentId { get; init; }

    /// <summary>Gets what the node stands for.</summary>
    public required TraceNodeKind Kind { get; init; }

    /// <summary>Gets the name of the strategy or step, or the role of the call.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the role of the model that was called.</summary>
    public string? Role { get; init; }

    /// <summary>Gets the model's name.</summary>
    public string? Model { get; init; }

    /// <summary>Gets what the call read; null for everything that is no call. Siblings of one group share the list.</summary>
    public IReadOnlyList<ChatMessage>? Prompt { get; init; }

    /// <summary>Gets the adapters that the call named; empty for the model as it is.</summary>
    public IReadOnlyList<AdapterUse> Adapters { get; init; } = [];

    /// <summary>Gets the text that came back.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the exact tokens, where the backend can give them.</summary>
    public GenerationRecord? Record { get; init; }

    /// <summary>Gets the tokens read.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Gets the tokens written.</summary>
    public long CompletionTokens { get; init; }

    /// <summary>Gets the number of the attempt, from 0.</summary>
    public int Attempt { get; init; }

    /// <summary>Gets the start, relative to the start of the request.</summary>
    public TimeSpan Start { get; init; }

    /// <summary>Gets how long it took; null while it runs.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets the value a strategy gave the node, in [0, 1]; null when it has none.</summary>
    public double? Value { get; init; }

    /// <summary>Gets the verified reward; null (never 0) when nobody scored the node.</summary>
    public double? Reward { get; init; }

    /// <summary>Gets facts the strategy noted, for example the extracted answer.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = FactDictionary<string>.Empty;

    /// <summary>Gets why the call failed; null when it did not.</summary>
    public string? Error { get; init; }
}
