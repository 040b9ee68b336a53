namespace Agents.Replication;

/// <summary>The result of a replication.</summary>
public sealed record ReplicationFindings
{
    /// <summary>Gets the verdict. The laboratory replaces it by <see cref="EffectVerdict.Underpowered"/> in quick runs.</summary>
    public required EffectVerdict Verdict { get; init; }

    /// <summary>Gets why, in one or two sentences with the figures that decided: against which control the effect shows or does not.</summary>
    public required string Explanation { get; init; }

    /// <summary>Gets the comparison that stands for the claim; the command line prints its difference and interval.</summary>
    public required ArmComparison Primary { get; init; }

    /// <summary>Gets all arms, all seeds.</summary>
    public required IReadOnlyList<ArmRun> Arms { get; init; }

    /// <summary>Gets all comparisons that the verdict rests on, the primary one among them.</summary>
    public required IReadOnlyList<ArmComparison> Comparisons { get; init; }

    /// <summary>Gets each condition under which the specification calls the effect wrong, and whether it holds here.</summary>
    public IReadOnlyList<FindingCheck> Checks { get; init; } = [];

    /// <summary>Gets further tables, for example sweeps.</summary>
    public IReadOnlyList<FindingTable> Tables { get; init; } = [];

    /// <summary>Gets what the data was, sizes and settings, one sentence each.</summary>
    public IReadOnlyList<string> Setup { get; init; } = [];

    /// <summary>Gets everything worth knowing beside the figures: what was tried, deviations from the paper, surprises.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
