using Agents.Replication;

namespace Agents.Runtime.Replication;

/// <summary>Where and how large a replication runs.</summary>
public sealed record LaboratoryOptions
{
    /// <summary>The fewest seeds of a full run.</summary>
    public const int FullSeeds = 3;

    private const int MaximumConcurrency = 256;

    /// <summary>Gets the run folder: header and journal, trained adapters. Created when missing; a run that was stopped goes on from it.</summary>
    public required string Folder { get; init; }

    /// <summary>Gets the size.</summary>
    public required ReplicationProfile Profile { get; init; }

    /// <summary>Gets the seeds.</summary>
    /// <value>Default null: 1 in a quick run, 1 to 3 in a full one.</value>
    public IReadOnlyList<ulong>? Seeds { get; init; }

    /// <summary>Gets how many items are observed at the same time. Results do not depend on it; the local engine puts their calls into common batches.</summary>
    /// <value>Default 8. Range 1 to 256.</value>
    public int Concurrency { get; init; } = 8;

    /// <summary>Gets the clock of reported seconds and checkpoint intervals.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets who is told how far the run is; called from any thread. Null for nobody.</summary>
    public IProgress<LaboratoryProgress>? Progress { get; init; }

    /// <summary>Returns the seeds of the run.</summary>
    internal IReadOnlyList<ulong> ChosenSeeds => Seeds ?? (Profile == ReplicationProfile.Full ? [1, 2, 3] : [1]);

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (string.IsNullOrWhiteSpace(Folder))
        {
            broken.Add("the run folder is empty");
        }

        if (!Enum.IsDefined(Profile))
        {
            broken.Add($"profile {Profile} is unknown");
        }

        if (ChosenSeeds.Count == 0 || ChosenSeeds.Distinct().Count() != ChosenSeeds.Count)
        {
            broken.Add($"seeds must be different, at least one; got [{string.Join(", ", ChosenSeeds)}]");
        }

        if (Profile == ReplicationProfile.Full && ChosenSeeds.Count < FullSeeds)
        {
            broken.Add($"a full run needs at least {FullSeeds} seeds, got {ChosenSeeds.Count}; the quick profile runs with fewer and gives no verdict");
        }

        if (Concurrency is < 1 or > MaximumConcurrency)
        {
            broken.Add($"concurrency {Concurrency} must lie in 1 … {MaximumConcurrency}");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The settings of the replication are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
