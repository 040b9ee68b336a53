using System.Text.Json;
using Agents.Models.Decoder;
using Agents.Training.Advantages;
using Agents.Training.Backward;
using Agents.Training.Errors;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Training.Scoring;
using Agents.Training.Tests.Checkpoints;
using Agents.Verification;

namespace Agents.Training.Tests.Loops;

public sealed class ReinforcementTrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<(ReinforcementResult Result, List<ReinforcementProgress> Reports, byte[] Bits)> Run(
        ReinforcementStages stages, ReinforcementOptions? options = null, Func<DecoderTrainer<float>, IPolicySync>? sync = null)
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        List<ReinforcementProgress> reports = [];
        using ReinforcementTrainer sut = new(model, sync?.Invoke(model) ?? BanditRun.Sync(model), stages, options ?? BanditRun.Options(_folder.Path));
        ReinforcementResult result = await sut.RunAsync(new ImmediateProgress<ReinforcementProgress>(reports.Add), TestContext.Current.CancellationToken);
        return (result, reports, TinyRun.Bits(model));
    }

    private static byte[] StartBits()
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        return TinyRun.Bits(model);
    }

    private static double Late(List<ReinforcementProgress> reports, string component = "start") => reports.TakeLast(8).Average(report => report.Components[component]);

    [Fact]
    public async Task RunAsync_Grpo_RaisesTheReward()
    {
        (ReinforcementResult result, List<ReinforcementProgress> reports, _) = await Run(BanditRun.Stages(), BanditRun.Options(_folder.Path, steps: 40));

        Assert.Equal((ReinforcementStop.Completed, 0, 40L, 40L), (result.Stop, result.ExitCode, result.Steps, result.PlannedSteps));
        Assert.InRange(reports.Take(3).Average(report => report.RewardMean), 0.05, 0.6);
        Assert.True(Late(reports) > 0.9, $"{Late(reports)}");
        Assert.Equal(40, File.ReadLines(_folder["metrics.jsonl"]).Count());
        using JsonDocument line = JsonDocument.Parse(File.ReadLines(_folder["metrics.jsonl"]).First());
        Assert.Equal(reports[0].RewardMean, line.RootElement.GetProperty("reward").GetDouble());
    }

    [Fact]
    public async Task RunAsync_RewardsWithoutMeaning_DoNotRaiseTheRealOne()
    {
        SampleStream coin = new(17);
        BanditRun.DelegateVerifier shuffled = new(_ => Verdict.Of(coin.NextUnit() < 0.3));
        ReinforcementStages stages = BanditRun.Stages([new RewardComponent("coin", shuffled), new RewardComponent("start", BanditRun.StartsWell, 0)]);

        (_, List<ReinforcementProgress> reports, _) = await Run(stages, BanditRun.Options(_folder.Path, steps: 40));

        Assert.True(Late(reports) < 0.6, $"{Late(reports)}");
    }

    [Fact]
    public async Task RunAsync_EmbeddedEngine_SamplerAndTrainerAgree()
    {
        (_, List<ReinforcementProgress> reports, _) = await Run(BanditRun.Stages(maximumTokens: 4, temperature: 0.7));

        Assert.All(reports, report => Assert.InRange(report.Mismatch.MaximumRatio, 1, 1.00001));
        Assert.All(reports, report => Assert.True(report.Mismatch.Tokens > 18));
    }

    [Fact]
    public async Task RunAsync_AllRewardsEqual_StopsWithAReasonAndChangesNothing()
    {
        BanditRun.DelegateVerifier always = new(_ => Verdict.Of(true));

        (ReinforcementResult result, List<ReinforcementProgress> reports, byte[] bits) =
            await Run(BanditRun.Stages([new RewardComponent("always", always)]), BanditRun.Options(_folder.Path, steps: 50) with { DeadStepLimit = 4 });

        Assert.Equal(ReinforcementStop.NoSignal, result.Stop);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal((4L, 4L), (result.Steps, result.DeadSteps));
        Assert.Contains("mean reward 1", result.Explanation, StringComparison.Ordinal);
        Assert.All(reports, report => Assert.Equal((3, 3, null), (report.Groups, report.DeadGroups, report.Loss)));
        Assert.Equal(StartBits(), bits);
    }

    [Fact]
    public async Task RunAsync_NothingCanBeScored_StopsWithAReason()
    {
        BanditRun.DelegateVerifier silent = new(_ => Verdict.NotJudgeable);

        (ReinforcementResult result, List<ReinforcementProgress> reports, byte[] bits) =
            await Run(BanditRun.Stages([new RewardComponent("silent", silent)]), BanditRun.Options(_folder.Path, steps: 50) with { DeadStepLimit = 2 });

        Assert.Equal(ReinforcementStop.NothingScored, result.Stop);
        Assert.Equal(18, reports[0].Unscored);
        Assert.Equal(StartBits(), bits);
    }

    [Fact]
    public async Task RunAsync_SomeCompletionsUnscored_AreMaskedAndTheRestLearns()
    {
        // Letters after h cannot be judged: no matter how often they are drawn, they must not count as failures or successes.
        BanditRun.DelegateVerifier partial = new(request => request.Response is [>= 'h', ..] ? Verdict.NotJudgeable : Verdict.Of(request.Response is [>= 'a' and <= 'd', ..]));

        (_, List<ReinforcementProgress> reports, _) = await Run(BanditRun.Stages([new RewardComponent("start", partial)]), BanditRun.Options(_folder.Path, steps: 40));

        Assert.True(reports[0].Unscored > 0);
        Assert.All(reports, report => Assert.True(double.IsFinite(report.Loss ?? 0)));
        Assert.True(Late(reports) > 0.9, $"{Late(reports)}");
    }

    [Fact]
    public async Task RunAsync_SamplerHasOtherWeights_RefusesBeforeLearning()
    {
        using DecoderTrainer<float> other = BanditRun.Model(seed: 77);
        for (int i = 0; i < 200; i++)
        {
            Spread(other, i);
        }

        (ReinforcementResult result, _, byte[] bits) = await Run(BanditRun.Stages(), sync: _ => BanditRun.Sync(other));

        Assert.Equal((ReinforcementStop.SamplerMismatch, 0L), (result.Stop, result.Steps));
        Assert.Contains("ratio", result.Explanation, StringComparison.Ordinal);
        Assert.Equal(StartBits(), bits);
    }

    [Fact]
    public async Task RunAsync_DynamicSampling_ReplacesDeadGroups()
    {
        (_, List<ReinforcementProgress> plain, _) = await Run(BanditRun.Stages(), BanditRun.Options(_folder["a"], steps: 12));
        (_, List<ReinforcementProgress> dynamic, _) = await Run(BanditRun.Stages(), BanditRun.Options(_folder["b"], steps: 12) with { DynamicSampling = true });

        Assert.All(plain, report => Assert.Equal(report.Groups, report.DrawnGroups));
        Assert.Contains(plain, report => report.DeadGroups > 0);
        Assert.Contains(dynamic, report => report.DrawnGroups > report.Groups);
        Assert.All(dynamic.Where(report => report.DrawnGroups < 12), report => Assert.Equal(0, report.DeadGroups));
    }

    [Fact]
    public async Task RunAsync_WithReference_PenaltyHoldsThePolicyBack()
    {
        using DecoderTrainer<float> start = BanditRun.Model();
        using DecoderModel frozen = BanditRun.Serving(start);
        ReinforcementStages free = BanditRun.Stages() with { Reference = new FrozenScorer(frozen) };
        ReinforcementStages held = BanditRun.Stages() with { Reference = new FrozenScorer(frozen), Auxiliaries = [new KlPenalty(KlEstimator.K3WithK2Gradient, 2)] };

        (_, List<ReinforcementProgress> loose, _) = await Run(free, BanditRun.Options(_folder["a"], steps: 20));
        (_, List<ReinforcementProgress> tight, _) = await Run(held, BanditRun.Options(_folder["b"], steps: 20));

        Assert.InRange(loose[0].ReferenceDivergence!.Value.K3, 0, 1e-9);
        double far = loose.Max(report => report.ReferenceDivergence?.K3 ?? 0);
        double near = tight.Max(report => report.ReferenceDivergence?.K3 ?? 0);
        Assert.True(near < far / 2, $"{near} is not well below {far}");
    }

    [Fact]
    public async Task RunAsync_RejectionSampling_RaisesTheReward()
    {
        ReinforcementStages stages = BanditRun.Stages() with { Advantages = new RejectionAdvantage(), Reshaper = new AcceptedOnly(), PolicyLoss = new CrossEntropyLoss() };

        (_, List<ReinforcementProgress> reports, _) = await Run(stages, BanditRun.Options(_folder.Path, steps: 40));

        Assert.True(Late(reports) > 0.85, $"{Late(reports)}");
    }

    [Theory]
    [InlineData("dr-grpo")]
    [InlineData("rloo")]
    [InlineData("reinforce-plus-plus")]
    [InlineData("gspo")]
    [InlineData("cispo")]
    public async Task RunAsync_OtherAlgorithms_AreChoicesOfStages(string name)
    {
        ReinforcementStages grpo = BanditRun.Stages(maximumTokens: 2);
        ReinforcementStages stages = name switch
        {
            "dr-grpo" => grpo with
            {
                Advantages = new GroupCenteredAdvantage(),
                PolicyLoss = new PpoClipLoss(new PpoClipOptions { Aggregator = new LossAggregator(LossAggregation.ConstantLength, 2) }),
            },
            "rloo" => grpo with { Advantages = new LeaveOneOutAdvantage(), PolicyLoss = new ReinforceLoss() },
            "reinforce-plus-plus" => grpo with { Advantages = new BatchNormalizedAdvantage(), PolicyLoss = new ReinforceLoss() },
            "gspo" => grpo with { PolicyLoss = new SequenceClipLoss(SequenceRatio.Mean) },
            _ => grpo with { PolicyLoss = new CispoLoss() },
        };

        (_, List<ReinforcementProgress> reports, _) = await Run(stages, BanditRun.Options(_folder.Path, steps: 30) with { UpdatesPerStep = 2, KeepGroupsTogether = true });

        Assert.True(Late(reports) > 0.75, $"{Late(reports)}");
    }

    [Fact]
    public async Task RunAsync_VerifierFails_KeepsTheLastFullStep()
    {
        int calls = 0;
        BanditRun.DelegateVerifier failing = new(request => ++calls > 40 ? throw new InvalidOperationException("broken") : Verdict.Of(request.Response is [>= 'a' and <= 'd', ..]));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Run(BanditRun.Stages([new RewardComponent("start", failing)])));

        Assert.True(File.Exists(_folder["step-000000000002.checkpoint"]));
    }

    [Fact]
    public async Task RunAsync_ScoreOutOfRange_IsNamed()
    {
        BanditRun.DelegateVerifier wrong = new(_ => new Verdict(true, 3));

        TrainingException error = await Assert.ThrowsAsync<TrainingException>(() => Run(BanditRun.Stages([new RewardComponent("three", wrong)])));

        Assert.Contains("'three'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_SettingsOutOfRange_NamesAll()
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        ReinforcementOptions options = new() { Steps = 0, OutputFolder = " ", GroupsPerStep = 0, Staleness = -1, DeadStepLimit = 0, MismatchRatioLimit = 0.5, Recipe = "a\nb" };

        ArgumentException error = Assert.Throws<ArgumentException>(() => new ReinforcementTrainer(model, BanditRun.Sync(model), BanditRun.Stages(), options));

        Assert.All(["steps", "folder", "groups", "staleness", "dead steps", "mismatch", "recipe"], word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Constructor_ReferenceAtAnotherTemperature_IsRefused()
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        using DecoderModel frozen = BanditRun.Serving(model);
        ReinforcementStages stages = BanditRun.Stages(temperature: 0.5) with { Reference = new FrozenScorer(frozen) };

        Assert.Throws<ArgumentException>(() => new ReinforcementTrainer(model, BanditRun.Sync(model), stages, BanditRun.Options(_folder.Path)));
    }

    private static unsafe void Spread(DecoderTrainer<float> model, int index) => model.Weights.Data[index % model.Weights.Length] += MathF.Sin(index) * 2;
}
