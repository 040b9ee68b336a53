using Agents.Budgets;
using Agents.Reasoning;
using Agents.Tracing;

namespace Agents.Runtime.Reasoning;

/// <summary>What a request brought.</summary>
public sealed record ReasoningResult
{
    /// <summary>Gets the answer; the best one so far when a limit ended the request, null when there was none yet.</summary>
    public required ReasoningAnswer? Answer { get; init; }

    /// <summary>Gets the strategy's id.</summary>
    public required string Strategy { get; init; }

    /// <summary>Gets the name of the default model; null when unknown.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the hash of the weights that answered; null where the backend does not give it.</summary>
    public string? Generation { get; init; }

    /// <summary>Gets why the request ended.</summary>
    public required StoppedBecause StoppedBecause { get; init; }

    /// <summary>Gets tokens, calls, time and cost.</summary>
    public required BudgetUsage Usage { get; init; }

    /// <summary>Gets the trace tree, ids ascending; the root comes first.</summary>
    public required IReadOnlyList<TraceNode> Trace { get; init; }
}
