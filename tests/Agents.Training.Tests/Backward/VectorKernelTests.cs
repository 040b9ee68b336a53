using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;
using Agents.Training.Backward;
using Agents.Training.Loss;

namespace Agents.Training.Tests.Backward;

/// <summary>Training on the vector kernels: against double, across instruction levels and threads, against serving, and without allocation.</summary>
public sealed unsafe class VectorKernelTests
{
    private static readonly CrossEntropyLoss Loss = new();

    private static ModelShape Shape(string architecture) =>
        ModelShape.Uniform(architecture, 53, 40, 2, new LayerShape(6, 2, 8, 56), 64) with { TiedEmbeddings = true };

    private static DecoderWeights<float> Weights(string architecture)
    {
        DecoderWeights<float> weights = new(Shape(architecture));
        SampleStream random = new(3);
        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            bool norm = tensor.Name.Contains("norm", StringComparison.Ordinal);
            for (int i = 0; i < tensor.Length; i++)
            {
                tensor.Data[i] = (float)((norm ? 1 : 0) + (0.15 * random.NextNormal()));
            }
        }

        return weights;
    }

    private static float[] Train(string architecture, int threads, KernelPath path, DecoderTrainerOptions options, int steps)
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
        using SimdKernels kernels = new(pool, path);
        using DecoderTrainer<float> trainer = new(Weights(architecture), kernels, options);
        PackedBatch batch = TestBatches.Packed(53, 6, 33, 7, 50, 1);
        for (int i = 0; i < steps; i++)
        {
            trainer.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
            if (i + 1 < steps)
            {
                trainer.ApplyGradients(0.01);
            }
        }

        return new ReadOnlySpan<float>(trainer.Gradients.Data, (int)trainer.Gradients.Length).ToArray();
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void AccumulateGradients_AgainstDouble_AgreesPerTensor(string architecture)
    {
        float[] actual = Train(architecture, 2, KernelPath.Auto, new DecoderTrainerOptions { MaximumRows = 100 }, steps: 1);
        using DecoderWeights<float> source = Weights(architecture);
        DecoderWeights<double> weights = new(source.Shape);
        for (long i = 0; i < weights.Length; i++)
        {
            weights.Data[i] = source.Data[i];
        }

        using DecoderTrainer<double> reference = new(weights, new ReferenceKernels<double>(), new DecoderTrainerOptions { MaximumRows = 100 });
        PackedBatch batch = TestBatches.Packed(53, 6, 33, 7, 50, 1);
        reference.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
        foreach (WeightTensor<double> tensor in reference.Gradients.Tensors)
        {
            double difference = 0;
            double size = 0;
            for (long i = tensor.Offset; i < tensor.Offset + tensor.Length; i++)
            {
                difference += Math.Pow(actual[i] - reference.Gradients.Data[i], 2);
                size += Math.Pow(reference.Gradients.Data[i], 2);
            }

            Assert.True(Math.Sqrt(difference) <= 1e-4 * Math.Sqrt(size), $"{tensor.Name}: {Math.Sqrt(difference / size):E2}");
        }
    }

    [Theory]
    [InlineData(2, KernelPath.Auto, false)]
    [InlineData(3, KernelPath.Auto, true)]
    [InlineData(1, KernelPath.Portable, false)]
    [InlineData(2, KernelPath.Avx2, false)]
    public void Step_OtherThreadCountLevelOrMemory_GivesTheSameBits(int threads, KernelPath path, bool recompute)
    {
        Assert.SkipUnless(SimdKernels.IsSupported(path), $"This machine has no {path}.");
        float[] expected = Train("qwen3", 1, KernelPath.Auto, new DecoderTrainerOptions { MaximumRows = 100 }, steps: 3);

        float[] actual = Train("qwen3", threads, path, new DecoderTrainerOptions { MaximumRows = 100, RecomputeLayers = recompute, HeadChunkRows = recompute ? 17 : null }, steps: 3);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void LogProbabilities_AgainstServingFromPackedWeights_AreTheSameBits()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 2 });
        using SimdKernels kernels = new(pool);
        using DecoderTrainer<float> sut = new(Weights("qwen2"), kernels, new DecoderTrainerOptions { MaximumRows = 100 });
        PackedBatch batch = TestBatches.Packed(53, 6, 33, 7, 50, 1);
        float[] trained = new float[batch.Rows];
        using DecoderWeights<float> packed = Weights("qwen2");
        packed.Pack(kernels);
        using RopeTables<float> rope = new(sut.Shape);
        using PackedAttentionPlan<float> plan = new();
        using DecoderForward<float> serving = new(packed, kernels, rope, 100, 100);
        plan.SetBatch(batch);

        sut.LogProbabilities(batch, trained);

        MatrixView<float> logits = serving.Run(batch.TokenIds, batch.Positions, plan, [.. Enumerable.Range(0, batch.Rows)]);
        TokenStatistic[] statistics = new TokenStatistic[batch.Rows];
        fixed (TokenStatistic* at = statistics)
        fixed (int* targets = batch.Targets)
        {
            kernels.TokenStatistics(logits, targets, 1, at);
        }

        Assert.Equal(statistics.Select(s => (float)s.LogProbability), trained);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Step_SteadyState_AllocatesNothingOnAnyThread(int threads)
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
        using SimdKernels kernels = new(pool);
        using DecoderTrainer<float> sut = new(Weights("llama"), kernels, new DecoderTrainerOptions { MaximumRows = 100 });
        PackedBatch batch = TestBatches.Packed(53, 6, 33, 7, 50, 1);
        LossContext context = TestBatches.Context(batch);
        long smallest = long.MaxValue;

        // Other tests allocate at the same time, so the process-wide counter must stand still in one of several steps.
        for (int i = 0; i < 200 && smallest > 0; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            sut.AccumulateGradients(batch, Loss, context);
            sut.ApplyGradients(1e-3);
            smallest = Math.Min(smallest, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, smallest);
    }
}
