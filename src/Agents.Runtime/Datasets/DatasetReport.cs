namespace Agents.Runtime.Datasets;

/// <summary>What became of the recorded trajectories: everything that was kept, and everything that was dropped and why.</summary>
public sealed record DatasetReport
{
    /// <summary>Gets the trajectories that were read.</summary>
    public int Trajectories { get; init; }

    /// <summary>Gets the trajectories that lines were made of.</summary>
    public int Used { get; init; }

    /// <summary>Gets the texts of the used trajectories, before any were dropped.</summary>
    public int Texts { get; init; }

    /// <summary>Gets the lines per set.</summary>
    public required IReadOnlyDictionary<string, int> Lines { get; init; }

    /// <summary>Gets the lines per set and role, as <c>set/role</c>.</summary>
    public required IReadOnlyDictionary<string, int> LinesByRole { get; init; }

    /// <summary>Gets how many trajectories were left out, by reason.</summary>
    public required IReadOnlyDictionary<string, int> TrajectoriesLeftOut { get; init; }

    /// <summary>Gets how many texts were dropped, by reason.</summary>
    public required IReadOnlyDictionary<string, int> TextsDropped { get; init; }

    /// <summary>Gets how many pairs were dropped, by reason.</summary>
    public required IReadOnlyDictionary<string, int> PairsDropped { get; init; }
}
