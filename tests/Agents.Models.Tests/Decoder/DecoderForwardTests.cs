using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Decoder;

/// <summary>Values of papers/00-model-architecture §13.</summary>
public sealed unsafe class DecoderForwardTests
{
    public static TheoryData<string, bool, double, double[]> Variants => new()
    {
        { "llama", false, 2.946212374, [0.858016, 0.376102, -0.705315, -0.662467] },
        { "llama", true, 2.564753574, [0.712318, -0.365434, -0.860687, 0.015986] },
        { "qwen2", true, 2.557114668, [0.664599, -0.303448, -0.787802, -0.016407] },
        { "qwen3", true, 2.841445644, [1.287118, -0.49701, -1.488909, -0.107502] },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Run_SineModelInDouble_GivesThePrintedDigits(string architecture, bool tied, double loss, double[] lastLogits)
    {
        using DecoderWeights<double> weights = SineModel.Create<double>(architecture, tied);

        double[][] logits = ForwardRun.Logits(weights, SineModel.Inputs);

        Assert.Equal(loss, ForwardRun.CrossEntropy(logits, SineModel.Targets), 5e-10);
        for (int i = 0; i < lastLogits.Length; i++)
        {
            Assert.Equal(lastLogits[i], logits[4][i], 5.1e-7);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Run_SineModelInSingle_StaysNearTheDoubleValues(string architecture, bool tied, double loss, double[] lastLogits)
    {
        using DecoderWeights<float> weights = SineModel.Create<float>(architecture, tied);

        float[][] logits = ForwardRun.Logits(weights, SineModel.Inputs);

        Assert.Equal(loss, ForwardRun.CrossEntropy(logits, SineModel.Targets), 1e-5);
        for (int i = 0; i < lastLogits.Length; i++)
        {
            Assert.Equal(lastLogits[i], logits[4][i], 1e-5);
        }
    }

    [Fact]
    public void Run_Greedy_GivesThePrintedTokens()
    {
        using DecoderWeights<double> weights = SineModel.Create<double>("llama", tied: false);
        List<int> ids = [1, 4, 7];

        for (int step = 0; step < 5; step++)
        {
            double[] last = ForwardRun.Logits(weights, [.. ids])[^1];
            ids.Add(Array.IndexOf(last, last.Max()));
        }

        Assert.Equal([1, 4, 7, 3, 4, 0, 5, 1], ids);
    }

    [Fact]
    public void Run_PackedSequences_EqualsEachAlone()
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("qwen3", tied: true);
        int[] first = [3, 1, 4];
        int[] second = [1, 5, 9, 2, 6];

        float[][] packed = ForwardRun.Logits(weights, [.. first, .. second], starts: [0, 3], positions: [0, 1, 2, 0, 1, 2, 3, 4]);

        Assert.Equal(ForwardRun.Logits(weights, first), packed[..3]);
        Assert.Equal(ForwardRun.Logits(weights, second), packed[3..]);
    }

    [Fact]
    public void Run_CausalMask_EqualsTheCausalRule()
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("llama", tied: true);
        int rows = SineModel.Inputs.Length;
        var mask = new byte[rows * rows];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)(i % rows <= i / rows ? 1 : 0);
        }

        Assert.Equal(ForwardRun.Logits(weights, SineModel.Inputs), ForwardRun.Logits(weights, SineModel.Inputs, mask: mask));
    }

    [Fact]
    public void Run_FullMask_LetsTheFirstRowSeeTheLast()
    {
        using DecoderWeights<double> weights = SineModel.Create<double>("llama", tied: true);
        byte[] full = [.. Enumerable.Repeat((byte)1, 9)];

        double[][] one = ForwardRun.Logits(weights, [1, 2, 3], mask: full);
        double[][] other = ForwardRun.Logits(weights, [1, 2, 4], mask: full);

        Assert.NotEqual(one[0], other[0]);
    }

    [Fact]
    public void RunLayers_CallerEmbeddings_EqualTokenEmbeddings()
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("qwen2", tied: true);
        using RopeTables<float> rope = new(weights.Shape);
        using PackedAttentionPlan<float> plan = new();
        using DecoderForward<float> forward = new(weights, new ReferenceKernels<float>(), rope, 2, 2);
        plan.SetBatch(2, [0]);
        MatrixView<float> input = forward.Residual(2);
        for (int column = 0; column < input.Columns; column++)
        {
            input.Row(0)[column] = weights.Embedding.View.Row(4)[column];
            input.Row(1)[column] = weights.Embedding.View.Row(7)[column];
        }

        forward.RunLayers([0, 1], plan);
        float[] own = new ReadOnlySpan<float>(forward.Logits([1], 2).Data, 11).ToArray();

        Assert.Equal(ForwardRun.Logits(weights, [4, 7])[1], own);
    }

    [Fact]
    public void Run_PackedWeights_GiveTheSameBits()
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("llama", tied: false);
        float[][] plain = ForwardRun.Logits(weights, SineModel.Inputs);

        weights.Pack(new ReferenceKernels<float>());

        Assert.Equal(plain, ForwardRun.Logits(weights, SineModel.Inputs));
    }

    [Theory]
    [InlineData(11, 0, "token id 11")]
    [InlineData(-1, 0, "token id -1")]
    [InlineData(3, 64, "position 64")]
    public void Run_OutOfRange_NamesTheRow(int id, int position, string expected)
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("llama", tied: true);

        ArgumentException error = Assert.Throws<ArgumentException>(() => ForwardRun.Logits(weights, [id], positions: [position]));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InterleavedRope_WithPermutedRows_ReproducesTheLogits()
    {
        double[] expected = ForwardRun.Logits(SineModel.Create<double>("llama", tied: false), SineModel.Inputs)[^1];

        double[] permuted = InterleavedLogits(permute: true);
        double[] unpermuted = InterleavedLogits(permute: false);

        Assert.Equal(0, expected.Zip(permuted, (a, b) => Math.Abs(a - b)).Max(), 1e-14);
        Assert.InRange(expected.Zip(unpermuted, (a, b) => Math.Abs(a - b)).Max(), 0.05, 1);
    }

    [Fact]
    public void Rope_Vector_MatchesThePrintedValues()
    {
        using RopeTable<double> table = new(10_000, RopeScaling.None, 4, 4);
        double[] half = [1, 2, 3, 4];
        double[] interleaved = [1, 2, 3, 4];
        int position = 3;
        fixed (double* h = half, i = interleaved)
        {
            new ReferenceKernels<double>().Rope(new MatrixView<double>(h, 1, 4), 4, &position, table.CosSin, inverse: false);
            InterleavedPlan.RotatePairs(i, position, table);
        }

        Assert.Equal([-1.413353, 1.879118, -2.828857, 4.058191], half.Select(value => Math.Round(value, 6)));
        Assert.Equal([-1.272233, -1.838865, 2.878668, 4.088187], interleaved.Select(value => Math.Round(value, 6)));
    }

    private static double[] InterleavedLogits(bool permute)
    {
        using DecoderWeights<double> weights = SineModel.Create<double>("llama", tied: false);
        foreach (LayerWeights<double> layer in weights.Layers)
        {
            if (permute)
            {
                PermuteRows(layer.Query);
                PermuteRows(layer.Key);
            }
        }

        using RopeTables<double> rope = new(weights.Shape);
        using PackedAttentionPlan<double> plan = new();
        using DecoderForward<double> forward = new(weights, new ReferenceKernels<double>(), rope, 5, 1);
        plan.SetBatch(5, [0]);
        MatrixView<double> logits = forward.Run(SineModel.Inputs, [0, 1, 2, 3, 4], new InterleavedPlan(plan, rope, 5), [4]);
        return new ReadOnlySpan<double>(logits.Data, logits.Columns).ToArray();
    }

    /// <summary>Heads of 4: file rows 0, 1, 2, 3 are checkpoint rows 0, 2, 1, 3.</summary>
    private static void PermuteRows(WeightTensor<double> tensor)
    {
        double[] rows = new ReadOnlySpan<double>(tensor.Data, (int)tensor.Length).ToArray();
        int[] order = [0, 2, 1, 3];
        for (int row = 0; row < tensor.Rows; row++)
        {
            int from = (row / 4 * 4) + order[row % 4];
            rows.AsSpan(from * tensor.Columns, tensor.Columns).CopyTo(new Span<double>(tensor.View.Row(row), tensor.Columns));
        }
    }
}
