using System.Collections.Immutable;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Training.Backward;
using Agents.Training.Loss;

namespace Agents.Training.Tests.Backward;

/// <summary>Every tensor against central differences in double (papers/00-model-architecture §8).</summary>
public sealed unsafe class GradientCheckTests
{
    private const int Vocabulary = 13;
    private const int EntriesPerTensor = 5;
    private const double Tolerance = 1e-5;

    public static TheoryData<string, bool, bool> Architectures => new(
        from architecture in new[] { "llama", "qwen2", "qwen3" }
        from tied in new[] { false, true }
        from recompute in new[] { false, true }
        select (architecture, tied, recompute));

    internal static ModelShape Shape(string architecture, bool tied, LayerShape? second = null)
    {
        // Heads times head size differs from the hidden size, and no width is a multiple of a vector.
        LayerShape first = new(4, 2, 6, 11);
        return ModelShape.Uniform(architecture, Vocabulary, 10, 2, first, 64) with { TiedEmbeddings = tied, Layers = [first, second ?? first] };
    }

    internal static DecoderTrainer<double> Trainer(ModelShape shape, DecoderTrainerOptions? options = null)
    {
        DecoderWeights<double> weights = new(shape);
        SampleStream random = new(7);
        foreach (WeightTensor<double> tensor in weights.Tensors)
        {
            bool norm = tensor.Name.Contains("norm", StringComparison.Ordinal);
            for (int i = 0; i < tensor.Length; i++)
            {
                tensor.Data[i] = (norm ? 1 : 0) + (0.3 * random.NextNormal());
            }
        }

        return new DecoderTrainer<double>(weights, new ReferenceKernels<double>(), options ?? new DecoderTrainerOptions { MaximumRows = 64 });
    }

    private static void Check(DecoderTrainer<double> sut, PackedBatch batch, ITokenLoss loss, double inverseTemperature = 1)
    {
        LossContext context = TestBatches.Context(batch);
        sut.AccumulateGradients(batch, loss, context, inverseTemperature);
        SampleStream random = new(11);
        foreach (WeightTensor<double> tensor in sut.Weights.Tensors)
        {
            for (int n = 0; n < EntriesPerTensor; n++)
            {
                int i = random.NextInt((int)tensor.Length);
                double analytic = sut.Gradients.ByName[tensor.Name].Data[i];
                double numeric = CentralDifference(tensor.Data + i, () => sut.Evaluate(batch, loss, context, inverseTemperature));
                double error = Math.Abs(numeric - analytic) / Math.Max(1e-6, Math.Abs(numeric) + Math.Abs(analytic));

                // Differences of a loss near 1 carry about 1e-11 of rounding, which dominates where the gradient itself is as small as that.
                Assert.True(error < Tolerance || Math.Abs(numeric - analytic) < 2e-10, $"{tensor.Name}[{i}]: analytic {analytic:R}, numeric {numeric:R}, error {error:E2}");
            }
        }
    }

    private static double CentralDifference(double* parameter, Func<double> evaluate)
    {
        double value = *parameter;
        double step = 1e-5 * Math.Max(1, Math.Abs(value));
        *parameter = value + step;
        double up = evaluate();
        *parameter = value - step;
        double down = evaluate();
        *parameter = value;
        return (up - down) / (2 * step);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void AccumulateGradients_PackedSequencesAndMaskedTargets_AgreesWithDifferences(string architecture, bool tied, bool recompute)
    {
        using DecoderTrainer<double> sut = Trainer(Shape(architecture, tied), new DecoderTrainerOptions { MaximumRows = 40, RecomputeLayers = recompute });

        Check(sut, TestBatches.Packed(Vocabulary, 5, 7, 1, 11, 3), new CrossEntropyLoss());
    }

    [Theory]
    [InlineData("llama", false)]
    [InlineData("qwen2", true)]
    [InlineData("qwen3", true)]
    public void AccumulateGradients_ArbitraryMask_AgreesWithDifferences(string architecture, bool tied)
    {
        using DecoderTrainer<double> sut = Trainer(Shape(architecture, tied));

        Check(sut, TestBatches.WithRandomMask(TestBatches.Packed(Vocabulary, 6, 9, 5), 3), new CrossEntropyLoss());
    }

    [Theory]
    [InlineData("llama", 1.0)]
    [InlineData("qwen3", 0.7)]
    public void AccumulateGradients_LossOverAllStatistics_AgreesWithDifferences(string architecture, double inverseTemperature)
    {
        using DecoderTrainer<double> sut = Trainer(Shape(architecture, tied: true), new DecoderTrainerOptions { MaximumRows = 40, HeadChunkRows = 3 });

        Check(sut, TestBatches.Packed(Vocabulary, 8, 6, 9), new EveryStatisticLoss(), inverseTemperature);
    }

    [Fact]
    public void AccumulateGradients_OneToken_AgreesWithDifferences()
    {
        using DecoderTrainer<double> sut = Trainer(Shape("llama", tied: true));

        Check(sut, TestBatches.Single([4], [9]), new CrossEntropyLoss());
    }

    [Fact]
    public void AccumulateGradients_OneTokenRepeated_AddsUpInTheEmbedding()
    {
        using DecoderTrainer<double> sut = Trainer(Shape("qwen2", tied: false));

        Check(sut, TestBatches.Single([4, 4, 4, 4, 4, 4], [4, 4, 4, 2, 4, 4]), new CrossEntropyLoss());
    }

    [Fact]
    public void AccumulateGradients_LayersOfDifferentShapes_AgreesWithDifferences()
    {
        using DecoderTrainer<double> sut = Trainer(
            Shape("qwen3", tied: false, new LayerShape(3, 3, 4, 5)), new DecoderTrainerOptions { MaximumRows = 20, RecomputeLayers = true });

        Check(sut, TestBatches.Packed(Vocabulary, 9, 8, 4), new CrossEntropyLoss());
    }

    [Fact]
    public void AccumulateGradients_NoLayers_AgreesWithDifferences()
    {
        using DecoderTrainer<double> sut = Trainer(Shape("llama", tied: true) with { Layers = ImmutableArray<LayerShape>.Empty });

        Check(sut, TestBatches.Packed(Vocabulary, 9, 8, 4), new CrossEntropyLoss());
    }

    [Fact]
    public void AccumulateGradients_InputRowsOfTheCaller_ReturnsTheirGradient()
    {
        using DecoderTrainer<double> sut = Trainer(Shape("llama", tied: false));
        PackedBatch batch = TestBatches.Packed(Vocabulary, 4, 5, 3);
        LossContext context = TestBatches.Context(batch);
        SampleStream random = new(2);
        double[] rows = [.. Enumerable.Range(0, batch.Rows * 10).Select(_ => random.NextNormal())];
        sut.AccumulateGradients(batch, new CrossEntropyLoss(), context, 1, rows);
        double[] analytic = new ReadOnlySpan<double>(sut.InputGradients.Data, rows.Length).ToArray();
        for (int i = 0; i < rows.Length; i += 3)
        {
            double numeric;
            fixed (double* at = rows)
            {
                numeric = CentralDifference(at + i, () => sut.Evaluate(batch, new CrossEntropyLoss(), context, 1, rows));
            }

            Assert.True(Math.Abs(numeric - analytic[i]) < 1e-5 * Math.Max(1e-4, Math.Abs(numeric)), $"{i}: {analytic[i]:R} {numeric:R}");
        }

        Assert.Equal(0, sut.Kernels.SumOfSquares(sut.Gradients.Embedding.Data, sut.Gradients.Embedding.Length));
    }
}
