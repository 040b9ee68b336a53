using System.Globalization;
using Agents.Training.Checkpoints;
using Agents.Training.Data;
using Agents.Training.Optimization;

namespace Agents.Training.Loops;

/// <summary>Settings of one run. Those that shape the result become part of the checkpoint's identity.</summary>
public sealed record SupervisedTrainerOptions
{
    /// <summary>Gets the number of updates.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the folder for checkpoints and <c>metrics.jsonl</c>.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Gets the seed of data order and random stream. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets the sizes of steps and micro-batches.</summary>
    public PackingOptions Packing { get; init; } = new();

    /// <summary>Gets the course of the learning rate.</summary>
    public LearningRateSchedule Schedule { get; init; } = new();

    /// <summary>Gets whether finite data is shuffled in every epoch. Default true.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Gets how many updates lie between validations; 0 (default) validates after the last update only.</summary>
    public long ValidationEverySteps { get; init; }

    /// <summary>Gets how many validation examples are used, from the first one on. Default 256.</summary>
    public int ValidationExamples { get; init; } = 256;

    /// <summary>Gets how many updates lie between checkpoints; 0 (default) leaves it to the interval. The end of the run and a cancellation always write one.</summary>
    public long CheckpointEverySteps { get; init; }

    /// <summary>Gets the longest time between checkpoints. Default 2 minutes.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets whether to continue the run in the folder; without it a folder that has checkpoints is refused. Default false.</summary>
    public bool Resume { get; init; }

    /// <summary>Gets an identity of the recipe beyond these settings, for example its hash. Default empty.</summary>
    public string Recipe { get; init; } = "";

    /// <summary>Gets other states that must survive a restart.</summary>
    public IReadOnlyList<ICheckpointPart> Parts { get; init; } = [];

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (Steps < 1)
        {
            broken.Add($"{Steps} steps must be positive");
        }

        if (string.IsNullOrWhiteSpace(OutputFolder))
        {
            broken.Add("the output folder is empty");
        }

        if (ValidationEverySteps < 0 || CheckpointEverySteps < 0)
        {
            broken.Add($"cadences must not be negative (validation {ValidationEverySteps}, checkpoint {CheckpointEverySteps})");
        }

        if (ValidationExamples < 1)
        {
            broken.Add($"{ValidationExamples} validation examples must be positive");
        }

        if (CheckpointInterval <= TimeSpan.Zero)
        {
            broken.Add($"the checkpoint interval {CheckpointInterval} must be positive");
        }

        if (Recipe.Contains('\n', StringComparison.Ordinal))
        {
            broken.Add("the recipe identity must be one line");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The training settings are invalid: " + string.Join("; ", broken) + ".");
        }

        Packing.Validate();
        Schedule.Validate();
    }

    /// <summary>Returns the lines <c>name = value</c> that must agree for a resume to mean the same run.</summary>
    /// <param name="lossSettings">Id of the loss.</param>
    /// <param name="data">Fingerprint of the training data.</param>
    internal IReadOnlyList<string> Identity(string lossSettings, string data) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"steps = {Steps}"),
        string.Create(CultureInfo.InvariantCulture, $"seed = {Seed}"),
        string.Create(CultureInfo.InvariantCulture, $"shuffle = {Shuffle}"),
        string.Create(CultureInfo.InvariantCulture, $"packing = {Packing.TokensPerStep} {Packing.RowsPerBatch} {Packing.MaximumSequence} {Packing.Overlong}"),
        string.Create(CultureInfo.InvariantCulture, $"schedule = {Schedule.Shape} {Schedule.Peak} {Schedule.WarmUpShare} {Schedule.FinalShare}"),
        $"loss = {lossSettings}",
        $"data = {data}",
        $"recipe = {Recipe}",
    ];
}
