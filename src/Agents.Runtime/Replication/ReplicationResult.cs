using Agents.Replication;

namespace Agents.Runtime.Replication;

/// <summary>A finished replication with what it ran on.</summary>
/// <param name="Info">What was checked.</param>
/// <param name="Findings">What came out; of a quick run without a verdict.</param>
public sealed record ReplicationResult(ReplicationInfo Info, ReplicationFindings Findings)
{
    /// <summary>Gets the size.</summary>
    public required ReplicationProfile Profile { get; init; }

    /// <summary>Gets the seeds.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>Gets the name of the model under test.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the hash of its weights.</summary>
    public required string Generation { get; init; }

    /// <summary>Gets the seconds of work, those of earlier processes included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the run folder.</summary>
    public required string Folder { get; init; }
}
