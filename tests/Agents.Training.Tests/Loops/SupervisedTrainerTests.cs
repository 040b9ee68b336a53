using System.Text.Json;
using Agents.Learning;
using Agents.Training.Backward;
using Agents.Training.Data;
using Agents.Training.Errors;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Optimization;
using Agents.Training.Progress;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Loops;

public sealed class SupervisedTrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<(TrainingResult Result, List<TrainingProgress> Reports)> Run(SupervisedTrainerOptions options, TimeProvider? time = null)
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        List<TrainingProgress> reports = [];
        SupervisedTrainer sut = new(model, new CrossEntropyLoss(), TinyRun.Data, options, TinyRun.Data, time);
        return (await sut.RunAsync(new ImmediateProgress<TrainingProgress>(reports.Add), TestContext.Current.CancellationToken), reports);
    }

    [Fact]
    public async Task RunAsync_Planned_DoesEveryStepAndLearns()
    {
        (TrainingResult result, List<TrainingProgress> reports) = await Run(TinyRun.Options(_folder.Path) with { ValidationEverySteps = 5 });

        Assert.Equal(Enumerable.Range(1, 12).Select(i => (long)i), reports.Select(r => r.Step));
        Assert.True(reports[^1].Loss < reports[0].Loss - 0.1, $"{reports[0].Loss} -> {reports[^1].Loss}");
        Assert.Equal([5, 10, 12], reports.Where(r => r.ValidationLoss is not null).Select(r => r.Step));
        Assert.Equal(reports[^1].ValidationLoss, result.ValidationLoss);
        Assert.Equal(reports[^1].Loss, result.Loss);
        Assert.Equal(reports[^1].Tokens, result.Tokens);
        Assert.True(result.PeakMemoryBytes > 1 << 20);
        Assert.Equal(0, result.ResumedFrom);
        Assert.True(File.Exists(result.Checkpoint));
    }

    [Fact]
    public async Task RunAsync_Metrics_AreOneJsonLinePerStep()
    {
        (_, List<TrainingProgress> reports) = await Run(TinyRun.Options(_folder.Path), new SteppedTime());

        JsonElement[] lines = [.. File.ReadLines(_folder["metrics.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(reports.Select(r => r.Loss), lines.Select(l => l.GetProperty("loss").GetDouble()));
        Assert.Equal(reports.Select(r => r.GradientNorm), lines.Select(l => l.GetProperty("gradientNorm").GetDouble()));
        Assert.Equal(reports.Select(r => r.LearningRate), lines.Select(l => l.GetProperty("learningRate").GetDouble()));
        Assert.Equal(reports.Select(r => r.Tokens), lines.Select(l => l.GetProperty("tokens").GetInt64()));

        // The clock moves by one second per reading, so every step takes exactly one second.
        Assert.Equal(reports.Select((r, i) => (double)(r.Tokens - (i == 0 ? 0 : reports[i - 1].Tokens))), lines.Select(l => l.GetProperty("tokensPerSecond").GetDouble()));
    }

    [Fact]
    public async Task RunAsync_IntervalPassed_WritesACheckpoint()
    {
        // Every step reads the clock three times, so five seconds pass after two steps.
        using DecoderTrainer<float> model = TinyRun.Model();
        SupervisedTrainer sut = new(
            model, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(_folder.Path) with { CheckpointInterval = TimeSpan.FromSeconds(5) }, null, new SteppedTime());
        List<long> stored = [];
        ImmediateProgress<TrainingProgress> progress = new(report =>
        {
            if (File.Exists(_folder[$"step-{report.Step:D12}.checkpoint"]))
            {
                stored.Add(report.Step);
            }
        });

        await sut.RunAsync(progress, TestContext.Current.CancellationToken);

        Assert.Equal([2, 4, 6, 8, 10, 12], stored);
    }

    [Fact]
    public async Task RunAsync_LossIsNoNumber_KeepsTheLastGoodCheckpoint()
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        SupervisedTrainer sut = new(model, new FailingLoss(afterCalls: 9), TinyRun.Data, TinyRun.Options(_folder.Path) with { CheckpointEverySteps = 1 });

        TrainingDivergedException error = await Assert.ThrowsAsync<TrainingDivergedException>(() => sut.RunAsync(cancellationToken: TestContext.Current.CancellationToken));

        string newest = Directory.GetFiles(_folder.Path, "*.checkpoint").Max()!;
        Assert.Contains(newest, error.Message, StringComparison.Ordinal);
        Assert.Contains("NaN", error.Message, StringComparison.Ordinal);
        new Agents.Training.Checkpoints.CheckpointReader(newest).Dispose();
        Assert.All(TinyRun.Bits(model).Chunk(4), word => Assert.True(float.IsFinite(BitConverter.ToSingle(word))));
    }

    [Fact]
    public async Task RunAsync_GradientStaysZero_StopsAndSaysSo()
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        SupervisedTrainer sut = new(model, new FlatLoss(), TinyRun.Data, TinyRun.Options(_folder.Path) with { Steps = 50 });

        TrainingException error = await Assert.ThrowsAsync<TrainingException>(() => sut.RunAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("step 20", error.Message, StringComparison.Ordinal);
        Assert.Contains("'flat'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_SomeStepsWithoutGradientAndCutTokens_AreCounted()
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        SupervisedTrainerOptions options = TinyRun.Options(_folder.Path);
        SupervisedTrainer sut = new(
            model, new FlatLoss(), TinyRun.Data, options with { Packing = options.Packing with { MaximumSequence = 4, Overlong = OverlongPolicy.KeepStart } });
        long cut = 0;

        TrainingResult result = await sut.RunAsync(new ImmediateProgress<TrainingProgress>(r => cut += r.CutTokens), TestContext.Current.CancellationToken);

        Assert.Equal(12, result.DeadSteps);
        Assert.Equal(cut, result.CutTokens);
        Assert.True(cut > 12);
    }

    [Fact]
    public async Task RunAsync_CheckpointCannotBeWritten_IsNamedAndKeepsTheOlderOnes()
    {
        // A folder in the place of the file makes the rename fail, as a full or broken disk would.
        Directory.CreateDirectory(_folder["step-000000000004.checkpoint"]);
        using DecoderTrainer<float> model = TinyRun.Model();
        SupervisedTrainer sut = new(model, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(_folder.Path) with { CheckpointEverySteps = 1 });

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => sut.RunAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("step-000000000004.checkpoint", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["step-000000000002.checkpoint", "step-000000000003.checkpoint"], Directory.GetFiles(_folder.Path, "*.checkpoint*").Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task RunAsync_CancelledBeforeTheStart_LeavesACheckpoint()
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        SupervisedTrainer sut = new(model, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(_folder.Path));

        await Assert.ThrowsAsync<OperationCanceledException>(() => sut.RunAsync(null, new CancellationToken(canceled: true)));

        Assert.Single(Directory.GetFiles(_folder.Path, "step-000000000000.checkpoint"));
    }

    [Fact]
    public async Task RunAsync_SmallerMicroBatches_GiveTheSameWeights()
    {
        using TemporaryFolder other = new();
        await Run(TinyRun.Options(_folder.Path));
        using DecoderTrainer<float> whole = TinyRun.Model();
        using DecoderTrainer<float> split = TinyRun.Model();
        PackingOptions packing = TinyRun.Options(other.Path).Packing;
        await new SupervisedTrainer(whole, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(other["a"])).RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        await new SupervisedTrainer(split, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(other["b"]) with { Packing = packing with { RowsPerBatch = 8 } })
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        float[] expected = [.. TinyRun.Bits(whole).Chunk(4).Select(w => BitConverter.ToSingle(w))];
        float[] actual = [.. TinyRun.Bits(split).Chunk(4).Select(w => BitConverter.ToSingle(w))];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-3);
        }
    }

    [Fact]
    public void Constructor_SettingsOutOfRange_NamesAll()
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        SupervisedTrainerOptions options = new()
        {
            Steps = 0,
            OutputFolder = " ",
            ValidationEverySteps = -1,
            ValidationExamples = 0,
            CheckpointInterval = TimeSpan.Zero,
            Recipe = "a\nb",
        };

        ArgumentException error = Assert.Throws<ArgumentException>(() => new SupervisedTrainer(model, new CrossEntropyLoss(), TinyRun.Data, options));

        Assert.All(["steps", "folder", "cadences", "validation examples", "interval", "recipe"], word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Constructor_SequencesBeyondTheContext_AreRefused()
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        SupervisedTrainerOptions options = TinyRun.Options(_folder.Path) with { Packing = new PackingOptions { MaximumSequence = 17 } };

        Assert.Throws<ArgumentException>(() => new SupervisedTrainer(model, new CrossEntropyLoss(), TinyRun.Data, options));
    }

    private sealed class FlatLoss : ITokenLoss
    {
        public string Id => "flat";

        public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients) => 1;
    }

    private sealed class FailingLoss(int afterCalls) : ITokenLoss
    {
        private int _calls;

        public string Id => "failing";

        public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients) =>
            ++_calls > afterCalls ? double.NaN : new CrossEntropyLoss().Evaluate(inputs, context, gradients);
    }
}
