using Agents.Models.Decoder;
using Agents.Models.Gguf;
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
    public void InterleavedRope_WithPermutedRows_GivesTheSameScores()
    {
        // The table's model in GGUF row order and interleaved pairs: scores q·k must not change.
        const int headSize = 8;
        using RopeTable<double> table = new(10_000, RopeScaling.None, headSize, 16);
        double[] q = [.. Enumerable.Range(0, headSize).Select(i => Math.Sin(i + 1.0))];
        double[] k = [.. Enumerable.Range(0, headSize).Select(i => Math.Cos((2.0 * i) + 1))];

        double half = Dot(Half(q, 11, table), Half(k, 3, table));
        double interleaved = Dot(Interleaved(Permute(q), 11, table), Interleaved(Permute(k), 3, table));
        double wrong = Dot(Interleaved(q, 11, table), Interleaved(k, 3, table));

        Assert.Equal(half, interleaved, 1e-14);
        Assert.NotEqual(half, wrong, 1e-3);
    }

    [Fact]
    public void InterleavedRope_Vector_MatchesThePrintedValues()
    {
        using RopeTable<double> table = new(10_000, RopeScaling.None, 4, 4);

        Assert.Equal([-1.413353, 1.879118, -2.828857, 4.058191], Half([1, 2, 3, 4], 3, table).Select(value => Math.Round(value, 6)));
        Assert.Equal([-1.272233, -1.838865, 2.878668, 4.088187], Interleaved([1, 2, 3, 4], 3, table).Select(value => Math.Round(value, 6)));
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[] Permute(double[] rows)
    {
        var file = new double[rows.Length];
        LlamaRowPermutation.ToFile<double>(rows, file, rows.Length, 1);
        return file;
    }

    private static double[] Half(double[] values, int position, RopeTable<double> table)
    {
        double[] rotated = [.. values];
        fixed (double* data = rotated)
        {
            new ReferenceKernels<double>().Rope(new MatrixView<double>(data, 1, values.Length), table.HeadSize, &position, table.CosSin, inverse: false);
        }

        return rotated;
    }

    private static double[] Interleaved(double[] values, int position, RopeTable<double> table)
    {
        double* row = table.CosSin.Row(position);
        var rotated = new double[values.Length];
        for (int j = 0; j < values.Length / 2; j++)
        {
            double cosine = row[j];
            double sine = row[(values.Length / 2) + j];
            rotated[2 * j] = (values[2 * j] * cosine) - (values[(2 * j) + 1] * sine);
            rotated[(2 * j) + 1] = (values[2 * j] * sine) + (values[(2 * j) + 1] * cosine);
        }

        return rotated;
    }
}
