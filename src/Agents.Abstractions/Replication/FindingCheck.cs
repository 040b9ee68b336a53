namespace Agents.Replication;

/// <summary>A condition that would refute the effect, or an expectation of the specification.</summary>
/// <param name="Statement">The expectation, so that "holds" is the good outcome.</param>
/// <param name="Holds">Whether it holds; null where the run cannot tell.</param>
/// <param name="Figures">The figures behind it.</param>
public sealed record FindingCheck(string Statement, bool? Holds, string Figures);
