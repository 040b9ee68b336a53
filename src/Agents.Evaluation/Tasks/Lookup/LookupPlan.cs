namespace Agents.Evaluation.Tasks.Lookup;

/// <summary>Facts in the order of the question, and what is asked.</summary>
/// <param name="Facts">All facts, stale ones included.</param>
/// <param name="Queries">Asked slots in order.</param>
/// <param name="Grouped">Whether the question groups facts by person.</param>
public sealed record LookupPlan(IReadOnlyList<LookupFact> Facts, IReadOnlyList<LookupQuery> Queries, bool Grouped);
