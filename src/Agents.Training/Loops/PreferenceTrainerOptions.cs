using System.Globalization;
using Agents.Training.Checkpoints;
using Agents.Training.Optimization;

namespace Agents.Training.Loops;

/// <summary>Settings of preference training. Those that shape the result become part of the checkpoint's identity.</summary>
public sealed record PreferenceTrainerOptions
{
    /// <summary>Gets the number of updates.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the folder for checkpoints and <c>metrics.jsonl</c>.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Gets the seed of the data order. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets the examples of one update. Default 16.</summary>
    public int ExamplesPerStep { get; init; } = 16;

    /// <summary>Gets the most rows of a micro-batch; both completions of a pair must fit. Default 2,048.</summary>
    public int RowsPerBatch { get; init; } = 2_048;

    /// <summary>Gets the course of the learning rate.</summary>
    public LearningRateSchedule Schedule { get; init; } = new();

    /// <summary>Gets how many updates lie between checkpoints; 0 (default) leaves it to the interval. The end of a run and a cancellation always write one.</summary>
    public long CheckpointEverySteps { get; init; }

    /// <summary>Gets the longest time between checkpoints. Default 2 minutes.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets whether to continue the run in the folder. Default false.</summary>
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
        if (Steps < 1 || ExamplesPerStep < 1 || RowsPerBatch < 1)
        {
            broken.Add($"{Steps} steps, {ExamplesPerStep} examples and {RowsPerBatch} rows must be positive");
        }

        if (string.IsNullOrWhiteSpace(OutputFolder))
        {
            broken.Add("the output folder is empty");
        }

        if (CheckpointEverySteps < 0 || CheckpointInterval <= TimeSpan.Zero)
        {
            broken.Add($"checkpoints every {CheckpointEverySteps} steps or {CheckpointInterval} are no cadence");
        }

        if (Recipe.Contains('\n', StringComparison.Ordinal))
        {
            broken.Add("the recipe identity must be one line");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The preference settings are invalid: " + string.Join("; ", broken) + ".");
        }

        Schedule.Validate();
    }

    /// <summary>Returns the lines <c>name = value</c> that must agree for a resume to mean the same run.</summary>
    /// <param name="lossSettings">Id of the loss.</param>
    /// <param name="data">Fingerprint of the data.</param>
    /// <param name="reference">Generation of the reference.</param>
    internal IReadOnlyList<string> Identity(string lossSettings, string data, string reference) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"steps = {Steps}"),
        string.Create(CultureInfo.InvariantCulture, $"seed = {Seed}"),
        string.Create(CultureInfo.InvariantCulture, $"examples = {ExamplesPerStep} rows {RowsPerBatch}"),
        string.Create(CultureInfo.InvariantCulture, $"schedule = {Schedule.Shape} {Schedule.Peak} {Schedule.WarmUpShare} {Schedule.FinalShare}"),
        $"loss = {lossSettings}",
        $"data = {data}",
        $"reference = {reference}",
        $"recipe = {Recipe}",
    ];
}
