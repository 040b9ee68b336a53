using System.Reflection;
using Agents.Training.Advantages;
using Agents.Training.Backward;
using Agents.Training.Errors;
using Agents.Training.Experience;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Optimization;
using Agents.Training.Progress;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Loops;

/// <summary>A resumed run is the same run: whatever shapes its result may not change, and what may change is named here.</summary>
public sealed class ReinforcementIdentityTests : IDisposable
{
    /// <summary>Settings that only say when a run ends, where it is stored, or how fast it is.</summary>
    private static readonly string[] Permitted =
    [
        nameof(ReinforcementOptions.OutputFolder), nameof(ReinforcementOptions.Asynchrony), nameof(ReinforcementOptions.DeadStepLimit), nameof(ReinforcementOptions.MismatchLimit),
        nameof(ReinforcementOptions.MismatchRatioLimit), nameof(ReinforcementOptions.CheckpointEverySteps), nameof(ReinforcementOptions.CheckpointInterval),
        nameof(ReinforcementOptions.Resume), nameof(ReinforcementOptions.Parts),
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Changes => [.. Changed.Keys];

    private static Dictionary<string, (Func<ReinforcementStages, ReinforcementStages> Stages, Func<ReinforcementOptions, ReinforcementOptions> Options)> Changed { get; } = new()
    {
        ["loss: clip low"] = (stages => stages with { PolicyLoss = new PpoClipLoss(new PpoClipOptions { ClipLow = 0.1 }) }, Same),
        ["loss: clip high"] = (stages => stages with { PolicyLoss = new PpoClipLoss(new PpoClipOptions { ClipHigh = 0.28 }) }, Same),
        ["loss: dual clip"] = (stages => stages with { PolicyLoss = new PpoClipLoss(new PpoClipOptions { DualClip = null }) }, Same),
        ["loss: ratio cap"] = (stages => stages with { PolicyLoss = new PpoClipLoss(new PpoClipOptions { RatioCap = 5 }) }, Same),
        ["loss: aggregation"] = (stages => stages with { PolicyLoss = new PpoClipLoss(new PpoClipOptions { Aggregator = new LossAggregator(LossAggregation.TokenMean) }) }, Same),
        ["loss: kind"] = (stages => stages with { PolicyLoss = new CispoLoss() }, Same),
        ["auxiliaries: one more"] = (stages => stages with { Auxiliaries = [new EntropyBonus(0.01), new EntropyBonus(0.01)] }, Same),
        ["auxiliaries: coefficient"] = (stages => stages with { Auxiliaries = [new EntropyBonus(0.02)] }, Same),
        ["advantages: epsilon"] = (stages => stages with { Advantages = new GroupNormalizedAdvantage(1e-4) }, Same),
        ["advantages: kind"] = (stages => stages with { Advantages = new LeaveOneOutAdvantage() }, Same),
        ["reshaper"] = (stages => stages with { Reshaper = new TruncationMask() }, Same),
        ["importance"] = (stages => stages with { Importance = new TruncatedImportance(3) }, Same),
        ["pass rates"] = (stages => stages with { PassRates = new PassRateTracker(0.5) }, Same),
        ["trajectories"] = (stages => stages with { Trajectories = new OtherTrajectory() }, Same),
        ["rollout"] = (stages => stages with { Rollout = new GroupRollout(new GroupRolloutOptions { GroupSize = 6, MaximumTokens = 3, Seed = 11 }) }, Same),
        ["prompts"] = (stages => stages with { Prompts = new ShuffledPromptSampler(BanditRun.Prompts, 4) }, Same),
        ["rewards"] = (stages => stages with { Rewards = new WeightedRewardComposer(BanditRun.Reader, [new RewardComponent("start", BanditRun.StartsWell, 2)]) }, Same),
        [nameof(ReinforcementOptions.Steps)] = (Same, options => options with { Steps = 7 }),
        [nameof(ReinforcementOptions.Seed)] = (Same, options => options with { Seed = 1 }),
        [nameof(ReinforcementOptions.GroupsPerStep)] = (Same, options => options with { GroupsPerStep = 4 }),
        [nameof(ReinforcementOptions.UpdatesPerStep)] = (Same, options => options with { UpdatesPerStep = 2 }),
        [nameof(ReinforcementOptions.RowsPerBatch)] = (Same, options => options with { RowsPerBatch = 31 }),
        [nameof(ReinforcementOptions.KeepGroupsTogether)] = (Same, options => options with { KeepGroupsTogether = true }),
        [nameof(ReinforcementOptions.Staleness)] = (Same, options => options with { Staleness = 1, Asynchrony = Asynchrony.Async }),
        [nameof(ReinforcementOptions.DynamicSampling)] = (Same, options => options with { DynamicSampling = true }),
        [nameof(ReinforcementOptions.DynamicSamplingFactor)] = (Same, options => options with { DynamicSamplingFactor = 5 }),
        [nameof(ReinforcementOptions.Schedule)] = (Same, options => options with { Schedule = options.Schedule with { Peak = 0.031 } }),
        [nameof(ReinforcementOptions.Recipe)] = (Same, options => options with { Recipe = "other" }),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task RunAsync_ChangedSetting_IsRefusedByName(string change)
    {
        await StopAfterOneStepAsync();
        (Func<ReinforcementStages, ReinforcementStages> stages, Func<ReinforcementOptions, ReinforcementOptions> options) = Changed[change];
        using DecoderTrainer<float> model = BanditRun.Model();
        using ReinforcementTrainer sut = new(model, BanditRun.Sync(model), stages(Stages()), options(Options() with { Resume = true }));

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => sut.RunAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("belongs to another run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ChangedLimitsAndCadence_Continues()
    {
        await StopAfterOneStepAsync();
        using DecoderTrainer<float> model = BanditRun.Model();
        ReinforcementOptions options = Options() with
        {
            Resume = true,
            Asynchrony = Asynchrony.Async,
            DeadStepLimit = 99,
            MismatchLimit = 1,
            MismatchRatioLimit = 9,
            CheckpointEverySteps = 1,
            CheckpointInterval = TimeSpan.FromHours(1),
        };
        using ReinforcementTrainer sut = new(model, BanditRun.Sync(model), Stages(), options);

        Assert.Equal(6, (await sut.RunAsync(cancellationToken: TestContext.Current.CancellationToken)).Steps);
    }

    [Fact]
    public void Options_EveryProperty_IsEitherIdentityOrPermitted()
    {
        IEnumerable<string> all = typeof(ReinforcementOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name);

        Assert.Equal(Permitted.Concat(Changed.Keys.Where(key => typeof(ReinforcementOptions).GetProperty(key) is not null)).Order(), all.Order());
    }

    private static T Same<T>(T value) => value;

    private static ReinforcementStages Stages() => BanditRun.Stages(maximumTokens: 2) with { Auxiliaries = [new EntropyBonus(0.01)] };

    private ReinforcementOptions Options() => BanditRun.Options(_folder["run"]);

    private async Task StopAfterOneStepAsync()
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        using CancellationTokenSource source = new();
        using ReinforcementTrainer trainer = new(model, BanditRun.Sync(model), Stages(), Options());
        await Assert.ThrowsAsync<OperationCanceledException>(() => trainer.RunAsync(new ImmediateProgress<ReinforcementProgress>(_ => source.Cancel()), source.Token));
    }

    private sealed class OtherTrajectory : ITrajectoryBuilder
    {
        public ExperienceRow Build(RolloutPrompt prompt, SampledCompletion completion, string generationId, long version) =>
            new CompletionTrajectory().Build(prompt, completion, generationId, version);
    }
}
