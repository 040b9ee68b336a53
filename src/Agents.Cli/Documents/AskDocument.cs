namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents ask</c>.</summary>
internal sealed record AskDocument
{
    /// <summary>Gets the whole answer; null when a limit ended the request before there was any.</summary>
    public required string? Answer { get; init; }

    /// <summary>Gets the final answer found in it; null when it has none.</summary>
    public required string? FinalAnswer { get; init; }

    /// <summary>Gets the strategy's id.</summary>
    public required string Strategy { get; init; }

    /// <summary>Gets the model's name.</summary>
    public required string? Model { get; init; }

    /// <summary>Gets the hash of the weights; null where the backend does not give it.</summary>
    public required string? Generation { get; init; }

    /// <summary>Gets why the request ended: completed, tokens, calls, duration, cost or cancelled.</summary>
    public required string StoppedBecause { get; init; }

    /// <summary>Gets what it cost.</summary>
    public required UsageItem Usage { get; init; }

    /// <summary>Gets the strategy's figures about the answer, for example agreement.</summary>
    public required IReadOnlyDictionary<string, string?> Details { get; init; }

    /// <summary>Gets the trace tree, ids ascending; the root comes first.</summary>
    public required IReadOnlyList<TraceItem> Trace { get; init; }
}
