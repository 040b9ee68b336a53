using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Training.Adapters;
using Agents.Training.Errors;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;
using Agents.Training.Tests.Checkpoints;
using Agents.Training.Tests.Loops;

namespace Agents.Training.Tests.Adapters;

/// <summary>Runs that stop and continue bit for bit.</summary>
public sealed class AdapterResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DecoderWeights<float> Base(ulong seed = 5)
    {
        DecoderWeights<float> weights = new(TinyRun.Shape);
        WeightInitializer.Fill(weights, new SampleStream(seed));
        return weights;
    }

    private static AdapterTrainer<float> Model(DecoderWeights<float> weights, AdapterKind kind, ulong seed = 1, double alpha = 16) => new(
        weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 12, Adapter = new AdapterOptions { Kind = kind, Rank = 2, Seed = seed, Alpha = alpha } });

    private static async Task<float[]> RunAsync(AdapterTrainer<float> model, string folder, bool resume = false, long? stopAfter = null)
    {
        using CancellationTokenSource source = new();
        SupervisedTrainer trainer = new(model, new CrossEntropyLoss(), TinyRun.Data, TinyRun.Options(folder, resume));
        ImmediateProgress<TrainingProgress> progress = new(report =>
        {
            if (report.Step == stopAfter)
            {
                source.Cancel();
            }
        });
        if (stopAfter is null)
        {
            await trainer.RunAsync(progress, source.Token);
        }
        else
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => trainer.RunAsync(progress, source.Token));
        }

        return AdapterRun.Values(model);
    }

    [Theory]
    [InlineData(AdapterKind.Lora, 1)]
    [InlineData(AdapterKind.Lora, 7)]
    [InlineData(AdapterKind.Dora, 4)]
    [InlineData(AdapterKind.Dora, 11)]
    public async Task RunAsync_StoppedAfterStep_ContinuesBitForBit(AdapterKind kind, int step)
    {
        using DecoderWeights<float> weights = Base();
        using AdapterTrainer<float> whole = Model(weights, kind);
        float[] start = AdapterRun.Values(whole);
        float[] expected = await RunAsync(whole, _folder["whole"]);
        using AdapterTrainer<float> stopped = Model(weights, kind);
        await RunAsync(stopped, _folder["parts"], stopAfter: step);

        // Another seed shows that everything comes from the checkpoint.
        using AdapterTrainer<float> resumed = Model(weights, kind, seed: 2);
        float[] actual = await RunAsync(resumed, _folder["parts"], resume: true);

        Assert.Equal(expected, actual);
        Assert.NotEqual(start, actual);
    }

    [Fact]
    public async Task RunAsync_CheckpointOfAnotherBaseOrAdapter_NamesTheDifference()
    {
        using DecoderWeights<float> weights = Base();
        using DecoderWeights<float> other = Base(seed: 6);
        using AdapterTrainer<float> model = Model(weights, AdapterKind.Lora);
        await RunAsync(model, _folder.Path, stopAfter: 2);
        using AdapterTrainer<float> otherBase = Model(other, AdapterKind.Lora);
        using AdapterTrainer<float> otherKind = Model(weights, AdapterKind.Dora);
        using AdapterTrainer<float> otherScale = Model(weights, AdapterKind.Lora, alpha: 8);

        CheckpointException first = await Assert.ThrowsAsync<CheckpointException>(() => RunAsync(otherBase, _folder.Path, resume: true));
        CheckpointException second = await Assert.ThrowsAsync<CheckpointException>(() => RunAsync(otherKind, _folder.Path, resume: true));
        CheckpointException third = await Assert.ThrowsAsync<CheckpointException>(() => RunAsync(otherScale, _folder.Path, resume: true));

        Assert.Contains("'base = ", first.Message, StringComparison.Ordinal);
        Assert.Contains("Dora", second.Message, StringComparison.Ordinal);
        Assert.Contains("alpha 8", third.Message, StringComparison.Ordinal);
    }
}
