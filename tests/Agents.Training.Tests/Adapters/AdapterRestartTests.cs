using Agents.Learning;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Models.Tests;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Training.Adapters;
using Agents.Training.Loss;
using Agents.Training.Tests.Backward;

namespace Agents.Training.Tests.Adapters;

/// <summary>A trainer that is used again must be a new one: nothing of the adapter before is left in values, moments, gradients or norms.</summary>
public sealed class AdapterRestartTests
{
    private static readonly CrossEntropyLoss Loss = new();

    [Theory]
    [InlineData(AdapterKind.Lora, ElementType.Q8_0)]
    [InlineData(AdapterKind.Lora, ElementType.F32)]
    [InlineData(AdapterKind.Dora, ElementType.F16)]
    public void Restart_AfterTrainingAndALeftGradient_TrainsAsANewTrainer(AdapterKind kind, ElementType type)
    {
        using DecoderWeights<float> weights = AdapterRun.Stored("llama", tied: true, type);
        using AdapterTrainer<float> used = Trainer(weights, kind, seed: 5);
        using AdapterTrainer<float> fresh = Trainer(weights, kind, seed: 7);
        Train(used, 3, first: 40);
        PackedBatch left = TestBatches.Packed(320, 90, 9, 14);
        used.AccumulateGradients(left, Loss, TestBatches.Context(left));

        used.Restart(7);
        Train(used, 2, first: 4);
        Train(fresh, 2, first: 4);

        using LoraAdapter again = used.ToAdapter("a");
        using LoraAdapter expected = fresh.ToAdapter("b");
        Assert.Equal(expected.Hash, again.Hash);
    }

    [Fact]
    public unsafe void Forget_LeavesZeros()
    {
        using DecoderWeights<float> weights = AdapterRun.Stored("llama", tied: true, ElementType.Q8_0);
        using AdapterTrainer<float> trainer = Trainer(weights, AdapterKind.Lora, seed: 5);
        Train(trainer, 2, first: 4);

        trainer.Forget();

        Assert.Equal(0, trainer.Optimizer.Updates);
        int length = checked((int)trainer.Layout.Length);
        Assert.Equal(-1, new ReadOnlySpan<float>(trainer.Parameters.Data, length).IndexOfAnyExcept(0f));
        Assert.Equal(-1, new ReadOnlySpan<float>(trainer.Gradients.Data, length).IndexOfAnyExcept(0f));
        Assert.Equal(-1, new ReadOnlySpan<float>(trainer.Optimizer.FirstMoments, length).IndexOfAnyExcept(0f));
        Assert.Equal(-1, new ReadOnlySpan<float>(trainer.Optimizer.SecondMoments, length).IndexOfAnyExcept(0f));
    }

    private static AdapterTrainer<float> Trainer(DecoderWeights<float> weights, AdapterKind kind, ulong seed) => new(
        weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 40, Adapter = new AdapterOptions { Kind = kind, Rank = 3, Seed = seed } });

    private static void Train(AdapterTrainer<float> trainer, int steps, ulong first)
    {
        for (int step = 0; step < steps; step++)
        {
            PackedBatch batch = TestBatches.Packed(320, (ulong)step + first, 9, 14);
            trainer.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
            trainer.ApplyGradients(0.01);
        }
    }
}
