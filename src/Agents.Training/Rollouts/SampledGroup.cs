using System.Collections.Immutable;

namespace Agents.Training.Rollouts;

/// <summary>The completions of one prompt.</summary>
/// <param name="Ticket">What was asked for.</param>
/// <param name="Completions">What came back.</param>
public sealed record SampledGroup(RolloutTicket Ticket, ImmutableArray<SampledCompletion> Completions);
