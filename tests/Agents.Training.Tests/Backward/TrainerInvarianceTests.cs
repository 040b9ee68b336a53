using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Backward;
using Agents.Training.Loss;

namespace Agents.Training.Tests.Backward;

/// <summary>What must not change a bit of the result, and what a trainer refuses.</summary>
public sealed unsafe class TrainerInvarianceTests
{
    private static readonly CrossEntropyLoss Loss = new();

    private static DecoderTrainer<float> Single(ModelShape shape, DecoderTrainerOptions options)
    {
        using DecoderTrainer<double> source = GradientCheckTests.Trainer(shape);
        DecoderWeights<float> weights = new(shape);
        for (long i = 0; i < weights.Length; i++)
        {
            weights.Data[i] = (float)source.Weights.Data[i];
        }

        return new DecoderTrainer<float>(weights, new ReferenceKernels<float>(), options);
    }

    private static float[] Gradients(ModelShape shape, DecoderTrainerOptions options, out double loss, params PackedBatch[] batches)
    {
        using DecoderTrainer<float> trainer = Single(shape, options);
        LossContext context = TestBatches.Context(batches);
        loss = 0;
        foreach (PackedBatch batch in batches)
        {
            loss += trainer.AccumulateGradients(batch, Loss, context);
        }

        return new ReadOnlySpan<float>(trainer.Gradients.Data, (int)trainer.Gradients.Length).ToArray();
    }

    [Theory]
    [InlineData("llama", false)]
    [InlineData("qwen2", true)]
    [InlineData("qwen3", true)]
    public void AccumulateGradients_RecomputedLayersAndChunkedHead_GiveTheSameBits(string architecture, bool tied)
    {
        ModelShape shape = GradientCheckTests.Shape(architecture, tied, new LayerShape(2, 1, 8, 7));
        PackedBatch batch = TestBatches.Packed(13, 3, 9, 14, 2);
        float[] expected = Gradients(shape, new DecoderTrainerOptions { MaximumRows = 25 }, out double loss, batch);

        float[] recomputed = Gradients(shape, new DecoderTrainerOptions { MaximumRows = 25, RecomputeLayers = true }, out double recomputedLoss, batch);
        float[] chunked = Gradients(shape, new DecoderTrainerOptions { MaximumRows = 40, HeadChunkRows = 4 }, out double chunkedLoss, batch);

        Assert.Equal(expected, recomputed);
        Assert.Equal(expected, chunked);
        Assert.Equal(loss, recomputedLoss);
        Assert.Equal(loss, chunkedLoss);
    }

    [Fact]
    public void AccumulateGradients_OneBatchOrSeveral_GivesTheSameMatrices()
    {
        ModelShape shape = GradientCheckTests.Shape("llama", tied: false);
        DecoderTrainerOptions options = new() { MaximumRows = 40 };
        PackedBatch whole = TestBatches.Packed(13, 3, 9, 14);
        float[] expected = Gradients(shape, options, out double loss, whole);

        float[] split = Gradients(shape, options, out double splitLoss, Rows(whole, 0, 9), Rows(whole, 9, 14));

        // A chain of fused multiply-adds over rows goes on where the previous micro-batch stopped, so even the rounding agrees.
        Assert.Equal(expected, split);
        Assert.Equal(loss, splitLoss, 1e-12);
    }

    [Fact]
    public void AccumulateGradients_Twice_DoublesTheGradient()
    {
        using DecoderTrainer<double> sut = GradientCheckTests.Trainer(GradientCheckTests.Shape("qwen2", tied: true));
        PackedBatch batch = TestBatches.Packed(13, 3, 9, 5);
        sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
        double[] once = new ReadOnlySpan<double>(sut.Gradients.Data, (int)sut.Gradients.Length).ToArray();

        sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));

        for (int i = 0; i < once.Length; i++)
        {
            Assert.Equal(2 * once[i], sut.Gradients.Data[i], 1e-14);
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void AccumulateGradients_Float_AgreesWithDouble(string architecture)
    {
        ModelShape shape = GradientCheckTests.Shape(architecture, tied: true);
        PackedBatch batch = TestBatches.Packed(13, 3, 17, 14);
        float[] single = Gradients(shape, new DecoderTrainerOptions { MaximumRows = 40 }, out double loss, batch);
        using DecoderTrainer<double> reference = GradientCheckTests.Trainer(shape);
        double expected = reference.AccumulateGradients(batch, Loss, TestBatches.Context(batch));

        Assert.Equal(expected, loss, 1e-5);
        foreach (WeightTensor<double> tensor in reference.Gradients.Tensors)
        {
            double difference = 0;
            double size = 0;
            for (long i = tensor.Offset; i < tensor.Offset + tensor.Length; i++)
            {
                double error = single[i] - reference.Gradients.Data[i];
                difference += error * error;
                size += reference.Gradients.Data[i] * reference.Gradients.Data[i];
            }

            Assert.True(Math.Sqrt(difference) <= 1e-4 * Math.Sqrt(size), $"{tensor.Name}: {Math.Sqrt(difference / size):E2}");
        }
    }

    [Fact]
    public void AccumulateGradients_SequenceWithoutTargets_ContributesExactlyNothing()
    {
        ModelShape shape = GradientCheckTests.Shape("llama", tied: false);
        DecoderTrainerOptions options = new() { MaximumRows = 40 };
        PackedBatch both = TestBatches.Packed(13, 3, 9, 14);
        PackedBatch first = Rows(both, 0, 9);
        both.Targets.AsSpan(9).Fill(-1);
        both.Weights.AsSpan(9).Clear();

        Assert.Equal(Gradients(shape, options, out _, first), Gradients(shape, options, out _, both));
    }

    [Fact]
    public void AccumulateGradients_TokenThatNeverOccurs_HasNoEmbeddingGradient()
    {
        using DecoderTrainer<double> sut = GradientCheckTests.Trainer(GradientCheckTests.Shape("llama", tied: false));
        PackedBatch batch = TestBatches.Single([1, 2, 3], [2, 3, 4]);

        sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));

        MatrixView<double> gradient = sut.Gradients.Embedding.View;
        Assert.Equal(0, sut.Kernels.SumOfSquares(gradient.Row(4), 10));
        Assert.True(sut.Kernels.SumOfSquares(gradient.Row(3), 10) > 0);
    }

    [Fact]
    public void LogProbabilities_AgainstServing_AreTheSameBits()
    {
        ModelShape shape = GradientCheckTests.Shape("qwen3", tied: true);
        using DecoderTrainer<float> sut = Single(shape, new DecoderTrainerOptions { MaximumRows = 40, HeadChunkRows = 5 });
        PackedBatch batch = TestBatches.Packed(13, 3, 9, 14);
        float[] trained = new float[batch.Rows];
        using RopeTables<float> rope = new(shape);
        using PackedAttentionPlan<float> plan = new();
        using DecoderForward<float> serving = new(sut.Weights, sut.Kernels, rope, 40, 40);
        plan.SetBatch(batch);

        sut.LogProbabilities(batch, trained);

        MatrixView<float> logits = serving.Run(batch.TokenIds, batch.Positions, plan, [.. Enumerable.Range(0, batch.Rows)]);
        TokenStatistic[] statistics = new TokenStatistic[batch.Rows];
        fixed (TokenStatistic* at = statistics)
        fixed (int* targets = batch.Targets)
        {
            sut.Kernels.TokenStatistics(logits, targets, 1, at);
        }

        Assert.Equal(statistics.Select(s => (float)s.LogProbability), trained);
        Assert.Contains(trained, p => p < 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_SteadyState_AllocatesNothing(bool recompute)
    {
        using DecoderTrainer<float> sut = Single(
            GradientCheckTests.Shape("qwen2", tied: true), new DecoderTrainerOptions { MaximumRows = 40, RecomputeLayers = recompute, HeadChunkRows = 8 });
        PackedBatch large = TestBatches.Packed(13, 3, 9, 14, 17);
        PackedBatch small = TestBatches.Packed(13, 4, 20);
        LossContext context = TestBatches.Context(large, small);
        void Step()
        {
            sut.AccumulateGradients(large, Loss, context);
            sut.AccumulateGradients(small, Loss, context);
            sut.ApplyGradients(1e-3);
        }

        Step();
        Step();
        long before = GC.GetAllocatedBytesForCurrentThread();

        Step();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void ApplyGradients_ManySteps_LearnsTheBatch()
    {
        using DecoderTrainer<float> sut = Single(
            GradientCheckTests.Shape("llama", tied: true), new DecoderTrainerOptions { MaximumRows = 40, Optimizer = new() { WeightDecay = 0 } });
        PackedBatch batch = TestBatches.Packed(13, 3, 9, 14);
        double first = sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
        double last = first;
        for (int i = 0; i < 60; i++)
        {
            sut.ApplyGradients(0.02);
            last = sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
        }

        Assert.True(last < 0.1 && first > 1, $"{first} -> {last}");
    }

    [Fact]
    public void AccumulateGradients_BatchTooLargeOrPositionOutside_IsRefused()
    {
        using DecoderTrainer<double> sut = GradientCheckTests.Trainer(GradientCheckTests.Shape("llama", tied: true), new DecoderTrainerOptions { MaximumRows = 5 });
        PackedBatch batch = TestBatches.Packed(13, 3, 6);
        PackedBatch outside = TestBatches.Single([1, 2], [2, 3]) with { Positions = [0, 64] };
        PackedBatch fits = TestBatches.Single([1, 2], [2, 3]);

        Assert.Throws<ArgumentException>(() => sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch)));
        Assert.Throws<ArgumentException>(() => sut.AccumulateGradients(outside, Loss, TestBatches.Context(outside)));
        Assert.Throws<ArgumentException>(() => sut.AccumulateGradients(fits, Loss, TestBatches.Context(fits), 1, new double[3]));
        Assert.Throws<ArgumentException>(() => sut.LogProbabilities(fits, new float[3]));
    }

    [Fact]
    public void Validate_SizesOutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentException>(new DecoderTrainerOptions { MaximumRows = 0 }.Validate);
        Assert.Throws<ArgumentException>(new DecoderTrainerOptions { HeadChunkRows = 0 }.Validate);
        Assert.Equal(110, new DecoderTrainerOptions().ChunkRows(151_936));
        Assert.Equal(2_048, new DecoderTrainerOptions().ChunkRows(512));
    }

    private static PackedBatch Rows(PackedBatch batch, int first, int count) => new()
    {
        TokenIds = batch.TokenIds[first..(first + count)],
        Positions = batch.Positions[first..(first + count)],
        Targets = batch.Targets[first..(first + count)],
        Weights = batch.Weights[first..(first + count)],
        SequenceStarts = [0],
    };
}
