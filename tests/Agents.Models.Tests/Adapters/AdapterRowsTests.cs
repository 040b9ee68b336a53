using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Adapters;

public sealed unsafe class AdapterRowsTests
{
    private const string Name = "model.layers.1.mlp.down_proj.weight";
    private readonly ReferenceKernels<float> _kernels = new();

    [Fact]
    public void Apply_MixedRows_ChangesEachByItsOwnMixtureAndLeavesTheOthers()
    {
        ModelShape shape = SeededModel.Shape();
        using AdapterRegistry registry = new(shape);
        registry.Add("a", SeededAdapter.Create(shape, 1));
        registry.Add("b", SeededAdapter.Create(shape, 2, rank: 5));
        using AdapterMixture a = registry.Resolve([new AdapterUse("a")])!;
        using AdapterMixture both = registry.Resolve([new AdapterUse("a", 0.5), new AdapterUse("b", -2)])!;
        using DecoderWeights<float> weights = SeededModel.Weights();
        WeightTensor<float> weight = weights.ByName[Name];
        using AlignedBuffer<float> x = Random(6 * weight.Columns, 3);
        using AlignedBuffer<float> y = Random(6 * weight.Rows, 4);
        float[] before = y.Span.ToArray();
        using AdapterRows rows = new();
        rows.Add(null, 1);
        rows.Add(a, 2);
        rows.Add(both, 1);
        rows.Add(null, 2);

        rows.Apply(_kernels, weight, [], new MatrixView<float>(x.Data, 6, weight.Columns), new MatrixView<float>(y.Data, 6, weight.Rows));

        for (int row = 0; row < 6; row++)
        {
            double[] change = row is 1 or 2 ? Change(a, x.Span.Slice(row * weight.Columns, weight.Columns))
                : row == 3 ? Change(both, x.Span.Slice(row * weight.Columns, weight.Columns)) : new double[weight.Rows];
            for (int column = 0; column < weight.Rows; column++)
            {
                int at = (row * weight.Rows) + column;
                Assert.Equal(before[at] + change[column], y.Span[at], 2e-5);
            }
        }

        Assert.Equal(before.AsSpan(0, weight.Rows), y.Span[..weight.Rows]);
    }

    [Fact]
    public void Apply_RowAloneOrAmongOthers_GivesTheSameBits()
    {
        ModelShape shape = SeededModel.Shape();
        using AdapterRegistry registry = new(shape);
        registry.Add("a", SeededAdapter.Create(shape, 1));
        using AdapterMixture mixture = registry.Resolve([new AdapterUse("a")])!;
        using DecoderWeights<float> weights = SeededModel.Weights();
        WeightTensor<float> weight = weights.ByName[Name];
        using SimdKernels kernels = new(new Agents.Numerics.Threading.ComputePool(new() { Threads = 2 }));
        const int count = 19;
        using AlignedBuffer<float> x = Random(count * weight.Columns, 3);
        using AlignedBuffer<float> together = Random(count * weight.Rows, 4);
        using AlignedBuffer<float> alone = Random(count * weight.Rows, 4);
        using AdapterRows rows = new();
        rows.Add(mixture, count);
        rows.Apply(kernels, weight, [], new MatrixView<float>(x.Data, count, weight.Columns), new MatrixView<float>(together.Data, count, weight.Rows));
        for (int row = 0; row < count; row++)
        {
            rows.Clear();
            rows.Add(mixture, 1);
            rows.Apply(kernels, weight, [], new MatrixView<float>(x.Data + (row * weight.Columns), 1, weight.Columns), new MatrixView<float>(alone.Data + (row * weight.Rows), 1, weight.Rows));
        }

        Assert.Equal(together.Span, alone.Span);
    }

    [Fact]
    public void Apply_ChosenRowsOfTheBatch_GivesThemTheBitsTheyHaveAmongAll()
    {
        ModelShape shape = SeededModel.Shape();
        using AdapterRegistry registry = new(shape);
        registry.Add("a", SeededAdapter.Create(shape, 1));
        using AdapterMixture mixture = registry.Resolve([new AdapterUse("a")])!;
        using DecoderWeights<float> weights = SeededModel.Weights();
        WeightTensor<float> weight = weights.ByName[Name];
        using AlignedBuffer<float> x = Random(6 * weight.Columns, 3);
        using AlignedBuffer<float> all = new(6 * weight.Rows);
        using AlignedBuffer<float> chosen = new(5 * weight.Rows);
        using AdapterRows rows = new();
        rows.Add(null, 1);
        rows.Add(mixture, 3);
        rows.Add(null, 2);
        int[] order = [0, 2, 3, 5, 1];
        using AlignedBuffer<float> gathered = new(5 * weight.Columns);
        for (int i = 0; i < order.Length; i++)
        {
            x.Span.Slice(order[i] * weight.Columns, weight.Columns).CopyTo(gathered.Span[(i * weight.Columns)..]);
        }

        rows.Apply(_kernels, weight, [], new MatrixView<float>(x.Data, 6, weight.Columns), new MatrixView<float>(all.Data, 6, weight.Rows));
        rows.Apply(_kernels, weight, order, new MatrixView<float>(gathered.Data, 5, weight.Columns), new MatrixView<float>(chosen.Data, 5, weight.Rows));

        for (int i = 0; i < order.Length; i++)
        {
            Assert.Equal(all.Span.Slice(order[i] * weight.Rows, weight.Rows), chosen.Span.Slice(i * weight.Rows, weight.Rows));
        }

        Assert.NotEqual(0, all.Span[2 * weight.Rows]);
    }

    [Fact]
    public void Apply_WeightWithoutFactors_ChangesNothing()
    {
        ModelShape shape = SeededModel.Shape();
        using AdapterRegistry registry = new(shape);
        registry.Add("a", SeededAdapter.Create(shape, 1, only: name => name.EndsWith("q_proj.weight", StringComparison.Ordinal)));
        using AdapterMixture mixture = registry.Resolve([new AdapterUse("a")])!;
        using DecoderWeights<float> weights = SeededModel.Weights();
        WeightTensor<float> weight = weights.ByName[Name];
        using AlignedBuffer<float> x = Random(weight.Columns, 3);
        using AlignedBuffer<float> y = Random(weight.Rows, 4);
        float[] before = y.Span.ToArray();
        using AdapterRows rows = new();
        rows.Add(mixture, 1);
        rows.Apply(_kernels, weight, [], new MatrixView<float>(x.Data, 1, weight.Columns), new MatrixView<float>(y.Data, 1, weight.Rows));
        Assert.Equal(before.AsSpan(), y.Span);
    }

    [Fact]
    public void Apply_SecondBatchOfTheSameSize_AllocatesNothing()
    {
        ModelShape shape = SeededModel.Shape();
        using AdapterRegistry registry = new(shape);
        registry.Add("a", SeededAdapter.Create(shape, 1));
        using AdapterMixture mixture = registry.Resolve([new AdapterUse("a")])!;
        using DecoderWeights<float> weights = SeededModel.Weights();
        WeightTensor<float> weight = weights.ByName[Name];
        using SimdKernels kernels = new(new Agents.Numerics.Threading.ComputePool(new() { Threads = 1 }));
        using AlignedBuffer<float> x = Random(4 * weight.Columns, 3);
        using AlignedBuffer<float> y = Random(4 * weight.Rows, 4);
        using AdapterRows rows = new();
        long allocated = 0;
        for (int batch = 0; batch < 3; batch++)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            rows.Clear();
            rows.Add(mixture, 3);
            rows.Add(mixture, 1);
            rows.Apply(kernels, weight, [], new MatrixView<float>(x.Data, 4, weight.Columns), new MatrixView<float>(y.Data, 4, weight.Rows));
            allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        }

        Assert.Equal(0, allocated);
    }

    private static double[] Change(AdapterMixture mixture, ReadOnlySpan<float> x)
    {
        double[] change = [];
        foreach ((LoraAdapter adapter, float weight) in mixture.Parts)
        {
            LoraMatrices factors = adapter.ByName[Name];
            change = change.Length == 0 ? new double[factors.Outputs] : change;
            for (int r = 0; r < factors.Rank; r++)
            {
                double reduced = 0;
                for (int i = 0; i < factors.Inputs; i++)
                {
                    reduced += (double)factors.AValues[(r * factors.Inputs) + i] * x[i];
                }

                for (int o = 0; o < factors.Outputs; o++)
                {
                    change[o] += weight * factors.Scale * factors.BValues[(o * factors.Rank) + r] * reduced;
                }
            }
        }

        return change;
    }

    private static AlignedBuffer<float> Random(int length, ulong seed)
    {
        AlignedBuffer<float> buffer = new(length);
        SampleStream stream = new(seed);
        for (int i = 0; i < length; i++)
        {
            buffer.Span[i] = (float)stream.NextNormal();
        }

        return buffer;
    }
}
