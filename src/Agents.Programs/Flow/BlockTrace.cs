namespace Agents.Programs.Flow;

/// <summary>What a traced run gave.</summary>
/// <param name="Visits">Block visits in order; when there were more than the cap, the first and the last ones.</param>
/// <param name="TotalVisits">How many visits there were.</param>
/// <param name="Result">Value or failure of the run.</param>
public sealed record BlockTrace(IReadOnlyList<BlockVisit> Visits, long TotalVisits, ProgramResult Result);
