using Agents.Training.Backward;
using Agents.Training.Errors;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Loops;

/// <summary>Runs on a disk that becomes full: a named error, the last checkpoint intact, and the same weights as ever once there is space again.</summary>
public sealed class FullDiskTests
{
    private static async Task<byte[]> Train(string folder, bool resume, IProgress<TrainingProgress>? progress = null)
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        SupervisedTrainer sut = new(model, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(folder, resume) with { CheckpointEverySteps = 1 });
        await sut.RunAsync(progress, TestContext.Current.CancellationToken);
        return TinyRun.Bits(model);
    }

    private static async Task<byte[]> Reinforce(string folder, bool resume, IProgress<ReinforcementProgress>? progress = null)
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        using ReinforcementTrainer sut = new(model, BanditRun.Sync(model), BanditRun.Stages(maximumTokens: 3), BanditRun.Options(folder, 6, resume) with { CheckpointEverySteps = 1 });
        await sut.RunAsync(progress, TestContext.Current.CancellationToken);
        return TinyRun.Bits(model);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8192)]
    public async Task RunAsync_DiskFillsUp_KeepsTheCheckpointAndGoesOnBitForBit(long left)
    {
        using TemporaryFolder whole = new();
        byte[] expected = await Train(whole.Path, resume: false);
        using FullDisk disk = FullDisk.Mount(1024);
        string folder = Path.Combine(disk.Path, "run");

        TrainingException error = await Assert.ThrowsAnyAsync<TrainingException>(() => Train(folder, resume: false, new ImmediateProgress<TrainingProgress>(report =>
        {
            if (report.Step == 5)
            {
                disk.Fill(left);
            }
        })));

        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Contains("free space or choose another folder, then resume", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "step-000000000005.checkpoint")));
        Assert.Empty(Directory.GetFiles(folder, "*.partial"));
        disk.Free();
        Assert.Equal(expected, await Train(folder, resume: true));
        Assert.Equal(TinyRun.Steps, File.ReadLines(Path.Combine(folder, "metrics.jsonl")).Count());
    }

    [Fact]
    public async Task RunAsync_DiskFillsUpWhileSampling_GoesOnBitForBit()
    {
        using TemporaryFolder whole = new();
        byte[] expected = await Reinforce(whole.Path, resume: false);
        using FullDisk disk = FullDisk.Mount(1024);
        string folder = Path.Combine(disk.Path, "run");

        AgentsException error = await Assert.ThrowsAnyAsync<AgentsException>(() => Reinforce(folder, resume: false, new ImmediateProgress<ReinforcementProgress>(report =>
        {
            if (report.Step == 3)
            {
                disk.Fill(0);
            }
        })));

        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder, "*.partial"));
        disk.Free();
        Assert.Equal(expected, await Reinforce(folder, resume: true));
    }
}
