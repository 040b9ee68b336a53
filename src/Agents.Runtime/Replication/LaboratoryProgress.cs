namespace Agents.Runtime.Replication;

/// <summary>How far a replication is, or a line that it wants to be told.</summary>
/// <param name="Part">Arm with its seed, or the adapter under training.</param>
/// <param name="Done">Items observed or steps taken.</param>
/// <param name="Total">How many there are.</param>
public sealed record LaboratoryProgress(string Part, long Done, long Total)
{
    /// <summary>Gets figures beside the numbers; null for none.</summary>
    public string? Detail { get; init; }

    /// <summary>Gets a line for people; then the other values say nothing.</summary>
    public string? Message { get; init; }
}
