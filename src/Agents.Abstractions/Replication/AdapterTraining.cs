namespace Agents.Replication;

/// <summary>An adapter to train: by cross-entropy on the targets of <see cref="Conversations"/>, or by DPO on <see cref="Preferences"/>; exactly one of the two is not empty.</summary>
public sealed record AdapterTraining
{
    /// <summary>Gets the name of the adapter, stable; equal names with other data are different adapters.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the seed of the start values and of the order of the data.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Gets supervised data.</summary>
    public IReadOnlyList<TrainingConversation> Conversations { get; init; } = [];

    /// <summary>Gets preference data.</summary>
    public IReadOnlyList<TrainingPreference> Preferences { get; init; } = [];

    /// <summary>Gets the adapter to start from, which is also the reference of DPO; null for a new one over the base.</summary>
    public ExperimentAdapter? Start { get; init; }

    /// <summary>Gets the rank. Default 8, with alpha 16 on all linear layers.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Gets the learning rate.</summary>
    /// <value>Default 1e-3.</value>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Gets how often the data is gone through.</summary>
    /// <value>Default 1.</value>
    public int Epochs { get; init; } = 1;

    /// <summary>Gets conversations (or pairs) per optimizer step.</summary>
    /// <value>Default 16.</value>
    public int BatchSize { get; init; } = 16;

    /// <summary>Gets the number of optimizer steps; null for as many as the epochs take. Equal-step controls set it.</summary>
    public int? Steps { get; init; }

    /// <summary>Gets the strength of the pull to the reference in DPO.</summary>
    /// <value>Default 0.2.</value>
    public double Beta { get; init; } = 0.2;
}
