using Agents.Learning;
using Agents.Models.Decoder;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Adapters;
using Agents.Training.Loss;
using Agents.Training.Tests.Backward;

namespace Agents.Training.Tests.Adapters;

/// <summary>
/// Gradients over bases in every packed type. The forward pass rounds activations as inference does, and the backward pass takes that rounding for the identity:
/// a layer's gradients are those of the unrounded layer at its actual input, which differences in double on the decoded weights confirm entry by entry. Over a
/// whole model the rounded activations move the point at which gradients are taken; how far is bounded against the gradient in double.
/// </summary>
/// <param name="bases">The models.</param>
public sealed unsafe class QuantizedBaseGradientTests(StoredBases bases) : IClassFixture<StoredBases>
{
    private const int Rank = 3;
    private const int Rows = 5;
    private const int Entries = 8;

    public static TheoryData<ElementType> Types => [.. BlockFormats.All.Select(format => format.Type).Where(type => type != ElementType.F32)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Layer_OverAStoredWeight_AgreesWithDifferencesOnTheDecodedOne(ElementType type)
    {
        DecoderWeights<float> weights = bases.Get(type);
        WeightTensor<float> weight = weights.Layers[0].Value;
        Assert.Equal(type, weight.Quantized!.Type);
        CheckLayer(weights, weight, new AdapterOptions());
        CheckLayer(weights, weight, new AdapterOptions { RankStabilized = true });
        CheckLayer(weights, weight, new AdapterOptions { Kind = AdapterKind.Dora });
        CheckLayer(weights, weight, new AdapterOptions { Kind = AdapterKind.Dora, RankStabilized = true, ExactNormGradient = true });
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void AccumulateGradients_WholeModel_StaysNearTheGradientInDouble(ElementType type)
    {
        DecoderWeights<float> weights = bases.Get(type);
        using DecoderWeights<float> decoded = weights.ToSingle();
        using DecoderWeights<double> exact = new(weights.Shape);
        for (int i = 0; i < decoded.Tensors.Length; i++)
        {
            for (long at = 0; at < decoded.Tensors[i].Length; at++)
            {
                exact.Tensors[i].Data[at] = decoded.Tensors[i].Data[at];
            }
        }

        foreach (AdapterKind kind in Enum.GetValues<AdapterKind>())
        {
            AdapterTrainerOptions options = new() { MaximumRows = 16, Adapter = new AdapterOptions { Kind = kind, Rank = Rank } };
            using AdapterTrainer<float> sut = new(weights, bases.Kernels, options);
            using AdapterTrainer<double> reference = new(exact, new ReferenceKernels<double>(), options);
            AdapterRun.Disturb(sut, spread: 0.05);
            AdapterRun.Disturb(reference, spread: 0.05);
            PackedBatch batch = TestBatches.Packed(320, 3, 7, 6);
            LossContext context = TestBatches.Context(batch);
            sut.AccumulateGradients(batch, new CrossEntropyLoss(), context);
            reference.AccumulateGradients(batch, new CrossEntropyLoss(), context);

            double[] expected = new ReadOnlySpan<double>(reference.Gradients.Data, (int)reference.Gradients.Length).ToArray();
            AssertDirection(reference, batch, context, expected);
            double error = Math.Sqrt(AdapterRun.Gradients(sut).Zip(expected, (a, b) => (a - b) * (a - b)).Sum() / expected.Sum(b => b * b));
            TestContext.Current.TestOutputHelper?.WriteLine($"| {type} | {kind} | {error:E1} |");
            double bound = type switch { ElementType.F16 => 0.005, ElementType.BF16 => 0.03, _ => 0.05 };
            Assert.True(error <= bound, $"{type} {kind}: relative error {error:E2}");
        }
    }

    /// <summary>The reference's gradient along a random direction against a central difference.</summary>
    private static void AssertDirection(AdapterTrainer<double> reference, PackedBatch batch, LossContext context, double[] gradient)
    {
        SampleStream random = new(9);
        double[] direction = new double[gradient.Length];
        foreach (AdapterSlot slot in reference.Layout.Slots)
        {
            // Gaps between the matrices stay zero.
            Draw(direction.AsSpan((int)slot.OffsetA, slot.Rank * slot.Inputs), ref random);
            Draw(direction.AsSpan((int)slot.OffsetB, slot.Rank * slot.Outputs), ref random);
            Draw(direction.AsSpan((int)Math.Max(0, slot.OffsetMagnitude), slot.OffsetMagnitude < 0 ? 0 : slot.Outputs), ref random);
        }

        double[] start = new ReadOnlySpan<double>(reference.Parameters.Data, gradient.Length).ToArray();
        double At(double step)
        {
            for (int i = 0; i < start.Length; i++)
            {
                reference.Parameters.Data[i] = start[i] + (step * direction[i]);
            }

            return reference.Evaluate(batch, new CrossEntropyLoss(), context);
        }

        const double step = 1e-6;
        double numeric = (At(step) - At(-step)) / (2 * step);
        double analytic = gradient.Zip(direction, (a, b) => a * b).Sum();
        Assert.Equal(numeric, analytic, 1e-6 * Math.Max(1, Math.Abs(numeric)));
    }

    private void CheckLayer(DecoderWeights<float> weights, WeightTensor<float> weight, AdapterOptions options)
    {
        SimdKernels kernels = bases.Kernels;
        var layout = AdapterLayout.Of(weights.Shape, options with { Rank = Rank, TargetModules = ["layers.0.self_attn.v_proj"] });
        AdapterSlot slot = layout.Slots[0];
        bool dora = options.Kind == AdapterKind.Dora;
        LayerFunction function = LayerFunction.Random(weight, slot, Rows, dora);
        using AdapterParameters<float> values = new(layout);
        using AdapterParameters<float> gradients = new(layout);
        function.CopyTo(values, slot);

        // Tiles of one panel: several per weight.
        using WeightTiles<float> tiles = new(kernels, 1, slot.Inputs);
        using RowNorms<float>? norms = dora ? new(weights, values, tiles, kernels) : null;
        norms?.Refresh();
        using MagnitudeBackward<float>? magnitudes = dora
            ? new(kernels, values, gradients, norms!, tiles, options.ExactNormGradient, Rows, WeightTiles<float>.Capacity(1, slot.Inputs))
            : null;
        using AdapterBackward<float> sut = new(kernels, values, gradients, tiles, magnitudes, Rows);
        using AlignedBuffer<float> input = new(Rows * slot.Inputs);
        using AlignedBuffer<float> dOutput = new(Rows * slot.Outputs);
        using AlignedBuffer<float> dInput = new(Rows * slot.Inputs);
        Narrow(function.X, input.Span);
        Narrow(function.DOutput, dOutput.Span);
        sut.Run(
            weight,
            new MatrixView<float>(dOutput.Data, Rows, slot.Outputs),
            new MatrixView<float>(input.Data, Rows, slot.Inputs),
            new MatrixView<float>(dInput.Data, Rows, slot.Inputs),
            accumulate: false);

        string what = $"{weight.Quantized!.Type} {options.Kind}{(options.RankStabilized ? " rank stabilized" : string.Empty)}{(options.ExactNormGradient ? " exact" : string.Empty)}";
        double[]? norm = options.ExactNormGradient ? null : function.Norms();
        AssertNear(what + " A", function, function.A, Values(gradients.A(slot)), norm);
        AssertNear(what + " B", function, function.B, Values(gradients.B(slot)), norm);
        AssertNear(what + " x", function, function.X, dInput.Span.ToArray(), norm);
        if (dora)
        {
            AssertNear(what + " m", function, function.Magnitude, Values(gradients.Magnitude(slot)), norm);
        }
    }

    private static void AssertNear(string what, LayerFunction function, double[] values, float[] gradient, double[]? norms)
    {
        SampleStream random = new(11);
        double largest = gradient.Max(value => Math.Abs((double)value));
        Assert.True(largest > 0, what);
        for (int n = 0; n < Entries; n++)
        {
            int i = random.NextInt(values.Length);
            double value = values[i];
            const double step = 1e-4;
            values[i] = value + step;
            double up = function.Evaluate(norms);
            values[i] = value - step;
            double down = function.Evaluate(norms);
            values[i] = value;
            double numeric = (up - down) / (2 * step);
            Assert.True(Math.Abs(numeric - gradient[i]) <= 5e-6 * largest, $"{what}[{i}]: analytic {gradient[i]:R}, numeric {numeric:R}, largest {largest:R}");
        }
    }

    private static float[] Values(MatrixView<float> view) => new ReadOnlySpan<float>(view.Data, view.Rows * view.Columns).ToArray();

    private static void Narrow(double[] source, Span<float> target)
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = (float)source[i];
        }
    }

    private static void Draw(Span<double> target, ref SampleStream random)
    {
        foreach (ref double value in target)
        {
            value = random.NextNormal();
        }
    }
}
