using Agents.Models;
using Agents.Training.Backward;
using Agents.Training.Checkpoints;
using Agents.Training.Data;
using Agents.Training.Errors;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Loops;

public sealed class ResumeTests : IDisposable
{
    private static readonly Lazy<byte[]> Uninterrupted = new(() =>
    {
        using TemporaryFolder folder = new();
        using DecoderTrainer<float> model = TinyRun.Model();
        new SupervisedTrainer(model, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(folder.Path)).RunAsync().GetAwaiter().GetResult();
        return TinyRun.Bits(model);
    });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task Stop(string folder, long step, bool resume = false, int every = 0)
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        using CancellationTokenSource source = new();
        SupervisedTrainer trainer = new(model, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(folder, resume) with { CheckpointEverySteps = every });
        ImmediateProgress<TrainingProgress> progress = new(report =>
        {
            if (report.Step == step)
            {
                source.Cancel();
            }
        });
        await Assert.ThrowsAsync<OperationCanceledException>(() => trainer.RunAsync(progress, source.Token));
    }

    private static async Task<(byte[] Bits, TrainingResult Result)> Finish(string folder, SupervisedTrainerOptions? options = null)
    {
        // Other start values show that everything comes from the checkpoint.
        using DecoderTrainer<float> model = TinyRun.Model();
        model.Weights.Clear();
        SupervisedTrainer trainer = new(model, new CrossEntropyLoss(), TinyRun.Data, options ?? TinyRun.Options(folder, resume: true));
        TrainingResult result = await trainer.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        return (TinyRun.Bits(model), result);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    public async Task RunAsync_StoppedAfterStep_ContinuesBitForBit(int step)
    {
        await Stop(_folder.Path, step);

        (byte[] bits, TrainingResult result) = await Finish(_folder.Path);

        Assert.Equal(Uninterrupted.Value, bits);
        Assert.Equal(step, result.ResumedFrom);
        Assert.Equal(TinyRun.Steps, result.Steps);
        Assert.Equal(Enumerable.Range(1, TinyRun.Steps), File.ReadLines(_folder["metrics.jsonl"]).Select(MetricStep));
    }

    [Fact]
    public async Task RunAsync_StoppedManyTimes_ContinuesBitForBit()
    {
        await Stop(_folder.Path, 2);
        await Stop(_folder.Path, 3, resume: true);
        await Stop(_folder.Path, 9, resume: true);

        Assert.Equal(Uninterrupted.Value, (await Finish(_folder.Path)).Bits);
    }

    [Fact]
    public async Task RunAsync_NewestCheckpointDamaged_FallsBackToTheOneBefore()
    {
        await Stop(_folder.Path, 7, every: 1);
        string newest = _folder["step-000000000007.checkpoint"];
        byte[] bytes = File.ReadAllBytes(newest);
        bytes[^5] ^= 1;
        File.WriteAllBytes(newest, bytes);

        (byte[] bits, TrainingResult result) = await Finish(_folder.Path);

        Assert.Equal(6, result.ResumedFrom);
        Assert.Contains(newest, Assert.Single(result.DamagedCheckpoints), StringComparison.Ordinal);
        Assert.Equal(Uninterrupted.Value, bits);
    }

    [Fact]
    public async Task RunAsync_EveryCheckpointDamaged_IsANamedError()
    {
        await Stop(_folder.Path, 3, every: 1);
        foreach (string path in Directory.GetFiles(_folder.Path, "*.checkpoint"))
        {
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        }

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => Finish(_folder.Path));

        Assert.Contains("step-000000000002", error.Message, StringComparison.Ordinal);
        Assert.Contains("step-000000000003", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_CheckpointsEveryStep_KeepsTheTwoNewest()
    {
        await Stop(_folder.Path, 7, every: 1);

        Assert.Equal(
            ["step-000000000006.checkpoint", "step-000000000007.checkpoint"],
            Directory.GetFiles(_folder.Path, "*.checkpoint*").Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task RunAsync_OtherRecipe_NamesTheDifference()
    {
        await Stop(_folder.Path, 3);

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(
            () => Finish(_folder.Path, TinyRun.Options(_folder.Path, resume: true) with { Seed = 10 }));

        Assert.Contains("'seed = 9'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'seed = 10'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_OtherModel_NamesTheDifference()
    {
        await Stop(_folder.Path, 3);
        using DecoderTrainer<float> model = TinyRun.Model(TinyRun.Shape with { RopeTheta = 500_000 });
        SupervisedTrainer trainer = new(model, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(_folder.Path, resume: true));

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => trainer.RunAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("'rope theta = 500000'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_OtherData_IsRefused()
    {
        await Stop(_folder.Path, 3);
        using DecoderTrainer<float> model = TinyRun.Model();
        InMemoryExampleSource other = new([TrainingExample.Text([1, 2, 3])]);
        SupervisedTrainer trainer = new(model, new CrossEntropyLoss(), other, TinyRun.Options(_folder.Path, resume: true));

        await Assert.ThrowsAsync<CheckpointException>(() => trainer.RunAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RunAsync_FinishedRunResumed_DoesNothingAndSaysSo()
    {
        using (DecoderTrainer<float> model = TinyRun.Model())
        {
            await new SupervisedTrainer(model, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(_folder.Path)).RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        }

        (byte[] bits, TrainingResult result) = await Finish(_folder.Path);

        Assert.Equal(Uninterrupted.Value, bits);
        Assert.Equal((TinyRun.Steps, TinyRun.Steps, null), (result.ResumedFrom, result.Steps, result.Loss));
    }

    [Fact]
    public async Task RunAsync_FreshRunInAUsedFolderOrResumeInAnEmptyOne_IsRefused()
    {
        await Assert.ThrowsAsync<CheckpointException>(() => Finish(_folder.Path));
        await Stop(_folder.Path, 3);

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => Finish(_folder.Path, TinyRun.Options(_folder.Path)));

        Assert.Contains("step-000000000003", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_PartWithState_IsRestored()
    {
        CountingPart first = new();
        using (DecoderTrainer<float> model = TinyRun.Model())
        using (CancellationTokenSource source = new())
        {
            SupervisedTrainer trainer = new(model, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(_folder.Path) with { Parts = [first] });
            ImmediateProgress<TrainingProgress> progress = new(report =>
            {
                first.Count += 10;
                if (report.Step == 4)
                {
                    source.Cancel();
                }
            });
            await Assert.ThrowsAsync<OperationCanceledException>(() => trainer.RunAsync(progress, source.Token));
        }

        CountingPart second = new();
        await Finish(_folder.Path, TinyRun.Options(_folder.Path, resume: true) with { Parts = [second] });

        Assert.Equal(40, second.Count);
    }

    private static int MetricStep(string line) => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt32();

    private sealed class CountingPart : ICheckpointPart
    {
        public int Count { get; set; }

        public string Name => "counting";

        public byte[] Save() => BitConverter.GetBytes(Count);

        public void Restore(ReadOnlySpan<byte> state) => Count = BitConverter.ToInt32(state);
    }
}
