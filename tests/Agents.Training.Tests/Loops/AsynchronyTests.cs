using System.Runtime.CompilerServices;
using Agents.Learning;
using Agents.Models;
using Agents.Training.Advantages;
using Agents.Training.Backward;
using Agents.Training.Checkpoints;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Training.Tests.Checkpoints;
using Agents.Verification;

namespace Agents.Training.Tests.Loops;

/// <summary>Off, streaming and async are the same run without staleness, and all end at once when they are cancelled.</summary>
public sealed class AsynchronyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Names of algorithms that differ in what they have to know about the whole step.</summary>
    public static TheoryData<string> Algorithms => ["grpo", "dapo", "entropy", "whitened", "gspo-groups", "reinforce", "unscored", "truncation"];

    private static ReinforcementStages Stages(string algorithm)
    {
        ReinforcementStages grpo = BanditRun.Stages(maximumTokens: 4);
        BanditRun.DelegateVerifier partial = new(request => request.Response is [>= 'h', ..] ? Verdict.NotJudgeable : Verdict.Of(request.Response is [>= 'a' and <= 'd', ..]));
        return algorithm switch
        {
            "grpo" => grpo,
            "dapo" => grpo with { PolicyLoss = new PpoClipLoss(new PpoClipOptions { ClipHigh = 0.28, Aggregator = new LossAggregator(LossAggregation.TokenMean) }) },
            "entropy" => grpo with { Auxiliaries = [new EntropyBonus(0.01, new LossAggregator(LossAggregation.SequenceMeanTokenMean))] },
            "whitened" => grpo with { Advantages = new BatchNormalizedAdvantage(), PolicyLoss = new ReinforceLoss() },
            "gspo-groups" => grpo with { PolicyLoss = new SequenceClipLoss(SequenceRatio.Mean) },
            "reinforce" => grpo with { Advantages = new LeaveOneOutAdvantage(), PolicyLoss = new ReinforceLoss() },
            "unscored" => BanditRun.Stages([new RewardComponent("start", partial)], maximumTokens: 4),
            _ => grpo with { Reshaper = new TruncationMask() },
        };
    }

    private ReinforcementOptions Options(string name, string algorithm, Asynchrony asynchrony, long steps = 6) => BanditRun.Options(_folder[name], steps) with
    {
        Asynchrony = asynchrony,
        GroupsPerStep = 5,
        RowsPerBatch = algorithm == "gspo-groups" ? 48 : 20,
        UpdatesPerStep = 2,
        DynamicSampling = true,
        KeepGroupsTogether = algorithm == "gspo-groups",
    };

    private async Task<(byte[] Bits, List<ReinforcementProgress> Reports)> Run(string algorithm, Asynchrony asynchrony)
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        List<ReinforcementProgress> reports = [];
        using ReinforcementTrainer sut = new(model, BanditRun.Sync(model), Stages(algorithm), Options($"{algorithm}-{asynchrony}", algorithm, asynchrony));
        await sut.RunAsync(new ImmediateProgress<ReinforcementProgress>(reports.Add), Stop);
        return (TinyRun.Bits(model), reports);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task RunAsync_WithoutStaleness_AllModesGiveTheSameBitsAndNumbers(string algorithm)
    {
        (byte[] expected, List<ReinforcementProgress> off) = await Run(algorithm, Asynchrony.Off);

        foreach (Asynchrony asynchrony in (Asynchrony[])[Asynchrony.Streaming, Asynchrony.Async])
        {
            (byte[] bits, List<ReinforcementProgress> reports) = await Run(algorithm, asynchrony);

            Assert.Equal(expected, bits);
            Assert.Equal(off.Select(Numbers), reports.Select(Numbers));
        }

        Assert.Contains(off, report => report.GradientNorm > 0);
    }

    [Theory]
    [InlineData("grpo", true)]
    [InlineData("reinforce", true)]
    [InlineData("unscored", true)]
    [InlineData("dapo", false)]
    public async Task RunAsync_Streaming_LearnsFromCompleteGroupsWhileOthersAreSampled(string algorithm, bool early)
    {
        using DecoderTrainer<float> inner = BanditRun.Model();
        CountedModel model = new(inner);
        int ahead = 0;
        HeldRollout rollout = new(Stages(algorithm).Rollout, async (group, token) =>
        {
            // The last group of a step comes only when gradients of the others exist, or, where they have to wait for it, a moment later.
            int before = model.Passes;
            if (group == 4)
            {
                await (early ? model.PassedAsync(1, token) : Task.Delay(20, token));
                ahead += model.Passes;
            }
        });
        using ReinforcementTrainer sut = new(
            model, BanditRun.Sync(inner), Stages(algorithm) with { Rollout = rollout }, Options("held", algorithm, Asynchrony.Streaming, steps: 1) with { DynamicSampling = false });

        await sut.RunAsync(cancellationToken: Stop);

        Assert.Equal(early, ahead > 0);
        (byte[] expected, _) = await RunPlain(algorithm);
        Assert.Equal(expected, TinyRun.Bits(inner));
    }

    private async Task<(byte[] Bits, ReinforcementResult Result)> RunPlain(string algorithm)
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        using ReinforcementTrainer sut = new(model, BanditRun.Sync(model), Stages(algorithm), Options("plain", algorithm, Asynchrony.Off, steps: 1) with { DynamicSampling = false });
        ReinforcementResult result = await sut.RunAsync(cancellationToken: Stop);
        return (TinyRun.Bits(model), result);
    }

    [Theory]
    [InlineData(Asynchrony.Off, 0)]
    [InlineData(Asynchrony.Streaming, 0)]
    [InlineData(Asynchrony.Async, 0)]
    [InlineData(Asynchrony.Async, 2)]
    public async Task RunAsync_CancelledWhileSampling_EndsAtOnceAndContinuesBitForBit(Asynchrony asynchrony, int staleness)
    {
        using CancellationTokenSource source = new();
        int steps = 0;
        ReinforcementOptions options = Options("cancelled", "grpo", asynchrony) with { Staleness = staleness };
        using (DecoderTrainer<float> model = BanditRun.Model())
        {
            // From the third batch on, sampling never ends by itself: the run can end only by giving its samples up.
            HeldRollout rollout = new(Stages("grpo").Rollout, async (group, token) =>
            {
                if (steps >= 2 && group > 0)
                {
                    await source.CancelAsync();
                    await Task.Delay(Timeout.Infinite, token);
                }
            });
            using ReinforcementTrainer sut = new(model, BanditRun.Sync(model), Stages("grpo") with { Rollout = rollout }, options);
            await Assert.ThrowsAsync<OperationCanceledException>(() => sut.RunAsync(new ImmediateProgress<ReinforcementProgress>(_ => steps++), source.Token).WaitAsync(TimeSpan.FromSeconds(60), Stop));
        }

        using DecoderTrainer<float> resumed = BanditRun.Model();
        using ReinforcementTrainer second = new(resumed, BanditRun.Sync(resumed), Stages("grpo"), options with { Resume = true });
        await second.RunAsync(cancellationToken: Stop);
        using DecoderTrainer<float> whole = BanditRun.Model();
        using ReinforcementTrainer undisturbed = new(whole, BanditRun.Sync(whole), Stages("grpo"), options with { OutputFolder = _folder["whole"] });
        await undisturbed.RunAsync(cancellationToken: Stop);

        Assert.Equal(TinyRun.Bits(whole), TinyRun.Bits(resumed));
    }

    [Fact]
    public async Task RunAsync_OtherAsynchronyOnResume_IsTheSameRun()
    {
        (byte[] expected, _) = await Run("grpo", Asynchrony.Off);
        using CancellationTokenSource source = new();
        ReinforcementOptions options = Options("moved", "grpo", Asynchrony.Streaming);
        using (DecoderTrainer<float> model = BanditRun.Model())
        {
            using ReinforcementTrainer first = new(model, BanditRun.Sync(model), Stages("grpo"), options);
            await Assert.ThrowsAsync<OperationCanceledException>(() => first.RunAsync(new ImmediateProgress<ReinforcementProgress>(_ => source.Cancel()), source.Token));
        }

        using DecoderTrainer<float> resumed = BanditRun.Model();
        using ReinforcementTrainer sut = new(resumed, BanditRun.Sync(resumed), Stages("grpo"), options with { Resume = true, Asynchrony = Asynchrony.Async });
        ReinforcementResult result = await sut.RunAsync(cancellationToken: Stop);

        Assert.Equal(1, result.ResumedFrom);
        Assert.Equal(expected, TinyRun.Bits(resumed));
    }

    [Theory]
    [InlineData(Asynchrony.Off)]
    [InlineData(Asynchrony.Streaming)]
    public void Constructor_StalenessWithoutAsync_IsRefused(Asynchrony asynchrony)
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        ReinforcementOptions options = Options("refused", "grpo", asynchrony) with { Staleness = 1 };

        Assert.Contains("Async", Assert.Throws<ArgumentException>(() => new ReinforcementTrainer(model, BanditRun.Sync(model), Stages("grpo"), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Report_SaysWhereTheTimeWent()
    {
        (_, List<ReinforcementProgress> reports) = await Run("grpo", Asynchrony.Off);

        Assert.All(reports, report =>
        {
            ReinforcementTimes times = report.Times!;
            Assert.InRange(times.SampledTokens, report.Completions, report.DrawnGroups * 6 * 4);
            Assert.True(times.Sampling > 0 && times.TokensPerSecond > 0);
            Assert.InRange(times.Waiting + times.Backward + times.Publishing + times.Storing + times.Other, times.Total * 0.999, times.Total * 1.001);
            Assert.Equal(report.Loss is null, times.Backward == 0);
        });
        Assert.Contains("\"seconds.sampling\":", File.ReadLines(Path.Combine(_folder["grpo-Off"], "metrics.jsonl")).First(), StringComparison.Ordinal);
    }

    private static string Numbers(ReinforcementProgress report) => string.Join(
        ' ', (report with { Times = null }).Numbers().Select(number => FormattableString.Invariant($"{number.Key}={number.Value:R}")));

    /// <summary>Passes groups on in order of their tickets, each when it may.</summary>
    private sealed class HeldRollout(IRollout inner, Func<int, CancellationToken, Task> beforeGroup) : IRollout
    {
        public string Settings => inner.Settings;

        public double Temperature => inner.Temperature;

        public int MaximumTokens => inner.MaximumTokens;

        public async IAsyncEnumerable<SampledGroup> SampleAsync(
            PolicyGeneration policy, IReadOnlyList<RolloutTicket> tickets, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            List<SampledGroup> groups = await inner.SampleAsync(policy, tickets, cancellationToken).ToListAsync(cancellationToken);
            int index = 0;
            foreach (SampledGroup group in groups.OrderBy(group => group.Ticket.Draw))
            {
                await beforeGroup(index++, cancellationToken);
                yield return group;
            }
        }
    }

    /// <summary>Counts gradient passes.</summary>
    private sealed class CountedModel(ICheckpointedModel inner) : ICheckpointedModel
    {
        private readonly SemaphoreSlim _passed = new(0);

        public int Passes { get; private set; }

        public ModelShape Shape => inner.Shape;

        public IReadOnlyList<string> Identity => inner.Identity;

        public Task PassedAsync(int passes, CancellationToken cancellationToken) => Passes >= passes ? Task.CompletedTask : _passed.WaitAsync(cancellationToken);

        public double AccumulateGradients(PackedBatch batch, ITokenLoss loss, in LossContext context, double inverseTemperature = 1)
        {
            double value = inner.AccumulateGradients(batch, loss, context, inverseTemperature);
            Passes++;
            _passed.Release();
            return value;
        }

        public void LogProbabilities(PackedBatch batch, Span<float> logProbabilities) => inner.LogProbabilities(batch, logProbabilities);

        public double ApplyGradients(double learningRate) => inner.ApplyGradients(learningRate);

        public void DiscardGradients() => inner.DiscardGradients();

        public void SaveTo(CheckpointWriter writer) => inner.SaveTo(writer);

        public void LoadFrom(CheckpointReader reader) => inner.LoadFrom(reader);

        public void Dispose()
        {
            _passed.Dispose();
            inner.Dispose();
        }
    }
}
