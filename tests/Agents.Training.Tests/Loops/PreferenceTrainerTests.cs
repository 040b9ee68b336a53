using Agents.Learning;
using Agents.Models.Decoder;
using Agents.Training.Backward;
using Agents.Training.Data;
using Agents.Training.Errors;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Optimization;
using Agents.Training.Progress;
using Agents.Training.Scoring;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Loops;

public sealed class PreferenceTrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static InMemoryPreferenceSource Pairs { get; } = new(Enumerable.Range(0, 7).Select(i =>
        PreferenceExample.Pair([1 + i, 2], [1 + (i % 3), 2, BanditRun.End], [6 + (i % 4), BanditRun.End])));

    private static InMemoryPreferenceSource Judged { get; } = new(Enumerable.Range(0, 8).Select(i =>
        PreferenceExample.Judged([1 + i, 2], i % 2 == 0 ? [1, 2, BanditRun.End] : [7, 8, BanditRun.End], i % 2 == 0)));

    private PreferenceTrainerOptions Options(string name = "run", bool resume = false) => new()
    {
        Steps = 12,
        OutputFolder = _folder[name],
        ExamplesPerStep = 4,
        RowsPerBatch = 20,
        Seed = 3,
        Resume = resume,
        Schedule = new LearningRateSchedule { Peak = 0.01, Shape = LearningRateShape.Constant, WarmUpShare = 0 },
    };

    private static async Task<(PreferenceResult Result, List<PreferenceProgress> Reports, byte[] Bits)> Run(
        ITokenLoss loss, IPreferenceSource source, PreferenceTrainerOptions options, long stopAfter = -1)
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        using DecoderModel frozen = BanditRun.Serving(model);
        using CancellationTokenSource stop = new();
        List<PreferenceProgress> reports = [];
        PreferenceTrainer sut = new(model, loss, source, options, new FrozenScorer(frozen));
        ImmediateProgress<PreferenceProgress> progress = new(report =>
        {
            reports.Add(report);
            if (report.Step == stopAfter)
            {
                stop.Cancel();
            }
        });
        if (stopAfter >= 0)
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => sut.RunAsync(progress, stop.Token));
            return (new PreferenceResult(stopAfter, 0, 0, "", null, []), reports, TinyRun.Bits(model));
        }

        PreferenceResult result = await sut.RunAsync(progress, TestContext.Current.CancellationToken);
        return (result, reports, TinyRun.Bits(model));
    }

    [Theory]
    [InlineData("dpo")]
    [InlineData("cdpo")]
    [InlineData("ipo")]
    [InlineData("simpo")]
    [InlineData("orpo")]
    public async Task RunAsync_Pairs_RaiseTheMargin(string name)
    {
        ITokenLoss loss = name switch
        {
            "dpo" => new DpoLoss(),
            "cdpo" => new DpoLoss(smoothing: 0.1),
            "ipo" => new IpoLoss(),
            "simpo" => new SimPoLoss(),
            _ => new OrpoLoss(),
        };

        (PreferenceResult result, List<PreferenceProgress> reports, _) = await Run(loss, Pairs, Options());

        Assert.Equal((12, 12), (result.Steps, reports.Count));
        Assert.InRange(reports[0].Margin, -1e-4, 1e-4);
        Assert.True(reports[^1].Margin > 1, $"{reports[^1].Margin}");
        Assert.Equal(1, reports[^1].Accuracy);
        Assert.True(reports[^1].Loss < reports[0].Loss);
    }

    [Fact]
    public async Task RunAsync_DpoAtTheStart_HasTheLossOfAFairCoin()
    {
        (_, List<PreferenceProgress> reports, _) = await Run(new DpoLoss(), Pairs, Options());

        Assert.Equal(Math.Log(2), reports[0].Loss, 1e-5);
    }

    [Fact]
    public async Task RunAsync_Kto_RaisesTheMarginAndMovesItsReferencePoint()
    {
        (_, List<PreferenceProgress> reports, _) = await Run(new KtoLoss(), Judged, Options());

        Assert.True(reports[^1].Margin > 1, $"{reports[^1].Margin}");
        Assert.InRange(reports[0].ReferencePoint, -1e-4, 1e-4);
        Assert.Contains(reports, report => Math.Abs(report.ReferencePoint) > 0.01);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(11)]
    public async Task RunAsync_StoppedAfterStep_ContinuesBitForBit(int step)
    {
        (_, _, byte[] expected) = await Run(new KtoLoss(), Judged, Options("whole"));
        await Run(new KtoLoss(), Judged, Options(), stopAfter: step);

        (PreferenceResult result, _, byte[] bits) = await Run(new KtoLoss(), Judged, Options(resume: true));

        Assert.Equal(step, result.ResumedFrom);
        Assert.Equal(expected, bits);
        Assert.Equal(12, File.ReadLines(Path.Combine(_folder["run"], "metrics.jsonl")).Count());
    }

    [Fact]
    public async Task RunAsync_PairLongerThanABatch_IsNamed()
    {
        TrainingException error = await Assert.ThrowsAsync<TrainingException>(() => Run(new DpoLoss(), Pairs, Options() with { RowsPerBatch = 8 }));

        Assert.Contains("9 tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_KtoWithoutWhatItsReferencePointNeeds_IsRefused()
    {
        using DecoderTrainer<float> model = BanditRun.Model();

        Assert.Throws<ArgumentException>(() => new PreferenceTrainer(model, new KtoLoss(), Judged, Options()));
    }

    [Fact]
    public void Constructor_SettingsOutOfRange_NamesAll()
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        PreferenceTrainerOptions options = new() { Steps = 0, OutputFolder = "", CheckpointEverySteps = -1, Recipe = "\n" };

        ArgumentException error = Assert.Throws<ArgumentException>(() => new PreferenceTrainer(model, new SimPoLoss(), Pairs, options));

        Assert.All(["steps", "folder", "cadence", "recipe"], word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Source_MixedKinds_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new InMemoryPreferenceSource([PreferenceExample.Pair([1], [2], [3]), PreferenceExample.Judged([1], [2], true)]));

    [Fact]
    public void Pair_EmptyCompletion_IsRefused() => Assert.Throws<ArgumentException>(() => PreferenceExample.Pair([1], [], [3]));
}
