using System.Globalization;
using Agents.Training.Checkpoints;
using Agents.Training.Optimization;

namespace Agents.Training.Loops;

/// <summary>Settings of a reinforcement run. Those that shape the result become part of the checkpoint's identity.</summary>
public sealed record ReinforcementOptions
{
    /// <summary>Gets the number of steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the folder for checkpoints, the rollout journal and <c>metrics.jsonl</c>.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Gets the seed stored with the run. Default 0. Prompts and rollouts have seeds of their own.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets the groups of one step. Default 8.</summary>
    public int GroupsPerStep { get; init; } = 8;

    /// <summary>Gets how many updates each step makes from its samples. Default 1.</summary>
    public int UpdatesPerStep { get; init; } = 1;

    /// <summary>Gets the most rows of a micro-batch. Default 2,048.</summary>
    public int RowsPerBatch { get; init; } = 2_048;

    /// <summary>Gets whether all completions of a group stay in one micro-batch, for objectives that compare them. Default false.</summary>
    public bool KeepGroupsTogether { get; init; }

    /// <summary>Gets how far sampling and training overlap. Default off. May change when a run is resumed: it shapes no result beside the staleness.</summary>
    public Asynchrony Asynchrony { get; init; }

    /// <summary>
    /// Gets how many updates samples may lag behind, so that sampling overlaps training. Default 0, where every step samples with its own weights. The lag is exact,
    /// not a race: the samples of step i come from the weights of step max(0, i − lag), so results do not depend on timing. Needs <see cref="Asynchrony.Async"/>.
    /// </summary>
    public int Staleness { get; init; }

    /// <summary>Gets whether dead groups (all rewards equal) are replaced by further prompts. Default false.</summary>
    public bool DynamicSampling { get; init; }

    /// <summary>Gets the most groups that dynamic sampling draws for one step, as a multiple of the groups of a step. Default 4.</summary>
    public int DynamicSamplingFactor { get; init; } = 4;

    /// <summary>Gets after how many steps in a row without any signal the run stops. Default 10.</summary>
    public int DeadStepLimit { get; init; } = 10;

    /// <summary>Gets the largest mean divergence per token (k3) between sampler and trainer on fresh samples. Default 0.01; the embedded engine has rounding only.</summary>
    public double MismatchLimit { get; init; } = 0.01;

    /// <summary>Gets the largest probability ratio of one token between sampler and trainer on fresh samples. Default 2.</summary>
    public double MismatchRatioLimit { get; init; } = 2;

    /// <summary>Gets the course of the learning rate.</summary>
    public LearningRateSchedule Schedule { get; init; } = new();

    /// <summary>Gets how many steps lie between checkpoints; 0 (default) leaves it to the interval. The end of a run and a cancellation always write one.</summary>
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
        void Require(bool holds, string sentence)
        {
            if (!holds)
            {
                broken.Add(sentence);
            }
        }

        Require(Steps >= 1, $"{Steps} steps must be positive");
        Require(!string.IsNullOrWhiteSpace(OutputFolder), "the output folder is empty");
        Require(GroupsPerStep >= 1 && UpdatesPerStep >= 1 && RowsPerBatch >= 1, $"{GroupsPerStep} groups, {UpdatesPerStep} updates and {RowsPerBatch} rows must be positive");
        Require(Staleness is >= 0 and <= 1_000, $"the staleness {Staleness} must lie in 0 to 1000");
        Require(Enum.IsDefined(Asynchrony), $"the asynchrony {Asynchrony} is unknown");
        Require(Staleness == 0 || Asynchrony == Asynchrony.Async, $"a staleness of {Staleness} needs the asynchrony {Asynchrony.Async}, not {Asynchrony}");
        Require(DynamicSamplingFactor >= 1 && DeadStepLimit >= 1, $"the dynamic sampling factor {DynamicSamplingFactor} and the limit of {DeadStepLimit} dead steps must be positive");
        Require(MismatchLimit >= 0 && MismatchRatioLimit >= 1, $"the mismatch limits {MismatchLimit} and {MismatchRatioLimit} must be at least 0 and 1");
        Require(CheckpointEverySteps >= 0 && CheckpointInterval > TimeSpan.Zero, $"checkpoints every {CheckpointEverySteps} steps or {CheckpointInterval} are no cadence");
        Require(!Recipe.Contains('\n', StringComparison.Ordinal), "the recipe identity must be one line");
        if (broken.Count > 0)
        {
            throw new ArgumentException("The reinforcement settings are invalid: " + string.Join("; ", broken) + ".");
        }

        Schedule.Validate();
    }

    /// <summary>
    /// Returns the lines <c>name = value</c> that must agree for a resume to mean the same run. Limits that only end a run, the cadence of checkpoints and the
    /// asynchrony may change; more steps are another run, because the learning rate and the progress that losses see depend on their number.
    /// </summary>
    internal IReadOnlyList<string> Identity() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"steps = {Steps}"),
        string.Create(CultureInfo.InvariantCulture, $"seed = {Seed}"),
        string.Create(CultureInfo.InvariantCulture, $"groups = {GroupsPerStep} updates {UpdatesPerStep} rows {RowsPerBatch} together {KeepGroupsTogether}"),
        string.Create(CultureInfo.InvariantCulture, $"staleness = {Staleness}"),
        string.Create(CultureInfo.InvariantCulture, $"dynamic sampling = {DynamicSampling} {DynamicSamplingFactor}"),
        string.Create(CultureInfo.InvariantCulture, $"schedule = {Schedule.Shape} {Schedule.Peak:R} {Schedule.WarmUpShare:R} {Schedule.FinalShare:R}"),
        $"recipe = {Recipe}",
    ];
}
