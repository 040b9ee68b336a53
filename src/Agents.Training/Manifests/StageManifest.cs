using System.Collections.Immutable;

namespace Agents.Training.Manifests;

/// <summary>What one stage of a training pipeline did, as later stages and auditors read it.</summary>
public sealed record StageManifest
{
    /// <summary>Gets the kind of stage, for example <c>sft</c>, <c>preference</c>, <c>reinforcement</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Gets the seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Gets fingerprints of everything that was learned from, by name.</summary>
    public required ImmutableSortedDictionary<string, string> Data { get; init; }

    /// <summary>Gets settings worth knowing later, by name: loss, steps, mixture weights.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the updates that were done.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets whether the optimizer started with empty moments.</summary>
    public bool OptimizerReset { get; init; } = true;

    /// <summary>Gets the generation the stage started from.</summary>
    public string ParentGeneration { get; init; } = "";

    /// <summary>Gets the SHA-256 of the checkpoint that the stage left.</summary>
    public required string CheckpointHash { get; init; }

    /// <summary>Gets why the stage ended.</summary>
    public string Stop { get; init; } = "Completed";
}
