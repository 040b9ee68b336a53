namespace Agents.Replication;

/// <summary>Which items are drawn.</summary>
/// <param name="Family">Id of the task family.</param>
/// <param name="Split">Split.</param>
/// <param name="Count">How many, without repeated questions.</param>
/// <param name="Seed">Seed of the set.</param>
public sealed record ItemQuery(string Family, ExperimentSplit Split, int Count, ulong Seed)
{
    /// <summary>Gets the only level to draw; null for the family's mix.</summary>
    public int? Difficulty { get; init; }
}
