using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Adapters;

namespace Agents.Training.Tests.Adapters;

/// <summary>The worked examples of papers/00-model-architecture §13, on one linear layer in double.</summary>
public sealed unsafe class AdapterVectorTests
{
    private static readonly double[] X = [1, -2];
    private static readonly double[] DOutput = [1, -1, 0.5];

    private static (double[] Output, double[] DA, double[] DB, double[] DX, double[] DMagnitude) Run(AdapterOptions options)
    {
        using DecoderWeights<double> weights = new(ModelShape.Uniform("llama", 5, 2, 1, new LayerShape(1, 1, 2, 3), 8));
        ReferenceKernels<double> kernels = new();
        WeightTensor<double> weight = weights.Layers[0].Gate;
        Fill(weight.View, 1, 2, 0.5, -1, 0, 1.5);
        var layout = AdapterLayout.Of(weights.Shape, options with { TargetModules = ["gate_proj"], Rank = 2 });
        using AdapterParameters<double> values = new(layout);
        using AdapterParameters<double> gradients = new(layout);
        using WeightTiles<double> tiles = new(kernels, 2, 2);
        AdapterSlot slot = layout.Slots[0];
        bool dora = options.Kind == AdapterKind.Dora;
        if (dora)
        {
            Fill(values.Magnitude(slot), Math.Sqrt(5), Math.Sqrt(1.25), 1.5);
        }

        Fill(values.A(slot), 0.1, -0.2, 0.3, 0.4);
        Fill(values.B(slot), 0.5, 0, -0.25, 1, 0.2, 0.3);
        using RowNorms<double>? norms = dora ? new(weights, values, tiles, kernels) : null;
        norms?.Refresh();
        using MagnitudeBackward<double>? magnitudes = dora
            ? new(kernels, values, gradients, norms!, tiles, options.ExactNormGradient, 1, WeightTiles<double>.Capacity(2, 2))
            : null;
        using AdapterForward<double> forward = new(weights, values, norms, 1);
        using AdapterBackward<double> backward = new(kernels, values, gradients, tiles, magnitudes, 1);
        double[] y = new double[3];
        double[] dX = new double[2];
        fixed (double* x = X, dOutput = DOutput, output = y, dInput = dX)
        {
            MatrixView<double> input = new(x, 1, 2);
            kernels.MultiplyTransposed(input, weight.View, new MatrixView<double>(output, 1, 3), accumulate: false);
            forward.Apply(kernels, weight, [], input, new MatrixView<double>(output, 1, 3));
            backward.Run(weight, new MatrixView<double>(dOutput, 1, 3), input, new MatrixView<double>(dInput, 1, 2), accumulate: false);
        }

        return (y, Values(gradients.A(slot)), Values(gradients.B(slot)), dX, dora ? Values(gradients.Magnitude(slot)) : []);
    }

    private static void Fill(MatrixView<double> target, params double[] values) => values.CopyTo(new Span<double>(target.Data, values.Length));

    private static double[] Values(MatrixView<double> view) => new ReadOnlySpan<double>(view.Data, view.Rows * view.Columns).ToArray();

    private static void AssertNear(double[] expected, double[] actual, double tolerance = 6e-7)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }

    [Fact]
    public void Lora_OneRow_GivesThePublishedNumbers()
    {
        (double[] output, double[] dA, double[] dB, double[] dX, _) = Run(new AdapterOptions { Alpha = 16 });

        AssertNear([-1, -2.5, -3.4], output);
        AssertNear([6.8, -13.6, -6.8, 13.6], dA);
        AssertNear([4, -4, -4, 4, 2, -2], dB);
        AssertNear([-0.86, -0.33], dX);
    }

    [Fact]
    public void RankStabilizedLora_OneRow_GivesThePublishedNumbers()
    {
        (double[] output, _, _, _, _) = Run(new AdapterOptions { Alpha = 16, RankStabilized = true });

        AssertNear([-0.1715729, -4.5710678, -3.5656854], output);
    }

    [Fact]
    public void Dora_OneRow_GivesThePublishedNumbers()
    {
        (double[] output, _, double[] dB, _, double[] dMagnitude) = Run(new AdapterOptions { Kind = AdapterKind.Dora, Alpha = 2 });

        AssertNear([-2.8326441, 2.2058824, -2.8885776], output);
        AssertNear([-1.266797, -1.9730012, -0.9628592], dMagnitude);
        AssertNear([0.5150262, -0.5150262, -0.5882353, 0.5882353, 0.2367687, -0.2367687], dB);
    }

    [Fact]
    public void RowNorms_OfTheChangedWeight_AreThePublishedNumbers()
    {
        using DecoderWeights<double> weights = new(ModelShape.Uniform("llama", 5, 2, 1, new LayerShape(1, 1, 2, 3), 8));
        ReferenceKernels<double> kernels = new();
        Fill(weights.Layers[0].Gate.View, 1, 2, 0.5, -1, 0, 1.5);
        var layout = AdapterLayout.Of(weights.Shape, new AdapterOptions { Kind = AdapterKind.Dora, Alpha = 2, Rank = 2, TargetModules = ["gate_proj"] });
        using AdapterParameters<double> values = new(layout);
        using WeightTiles<double> tiles = new(kernels, 2, 2);
        AdapterSlot slot = layout.Slots[0];
        using RowNorms<double> norms = new(weights, values, tiles, kernels);
        norms.Refresh();
        double[] start = new ReadOnlySpan<double>(norms.Of(slot), 3).ToArray();
        Fill(values.A(slot), 0.1, -0.2, 0.3, 0.4);
        Fill(values.B(slot), 0.5, 0, -0.25, 1, 0.2, 0.3);

        norms.Refresh();

        AssertNear([2.236068, 1.118034, 1.5], start);
        AssertNear([2.1708293, 0.9503289, 1.5838245], new ReadOnlySpan<double>(norms.Of(slot), 3).ToArray());
    }

    [Fact]
    public void DoraWithExactNorms_OneRow_GivesThePublishedNumbers()
    {
        (_, _, double[] dB, _, _) = Run(new AdapterOptions { Kind = AdapterKind.Dora, Alpha = 2, ExactNormGradient = true });

        AssertNear([0.349726, 0.1311473, -0.1302666, 0.6187665, 0.0611625, 0.1461104], dB);
    }
}
