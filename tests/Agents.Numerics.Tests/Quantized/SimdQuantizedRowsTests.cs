using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Quantized;
using Agents.Numerics.Tests.Kernels;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Quantized;

/// <summary>The vector kernels as a whole against the reference, bit by bit: rounding, products of any number of rows, decoding.</summary>
public sealed unsafe class SimdQuantizedRowsTests
{
    private static readonly ReferenceQuantizedKernels s_reference = new();

    public static TheoryData<QuantizedKernelPath, int> Variants => new()
    {
        { QuantizedKernelPath.Portable, 1 },
        { QuantizedKernelPath.Avx2, 2 },
        { QuantizedKernelPath.Avx512, 1 },
        { QuantizedKernelPath.Avx512, 3 },
        { QuantizedKernelPath.Assembled, 2 },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Quantize_AnyValues_HasTheBitsOfTheReference(QuantizedKernelPath path, int threads)
    {
        using KernelsOfPath kernels = new(path, threads);
        foreach (ActivationFormat format in (ActivationFormat[])[ActivationFormat.Block32, ActivationFormat.Block32WithSum, ActivationFormat.Block256])
        {
            using TestMatrix<float> x = TestMatrix<float>.Random(37, 768, 5, scale: 2.5, padding: 7);
            AddSpecialBlocks(x);
            using QuantizedRows expected = new();
            using QuantizedRows actual = new();
            s_reference.Quantize(x.View, format, expected);
            kernels.Kernels.Quantize(x.View, format, actual);
            RoundedRows.AssertEqual(expected, actual);
        }
    }

    /// <summary>Scales that lie on, between and beside halves: normal and subnormal ones, ties, the largest half and what rounds to infinity.</summary>
    [Theory]
    [MemberData(nameof(Variants))]
    public void Quantize_ScalesAroundHalves_HasTheBitsOfTheReference(QuantizedKernelPath path, int threads)
    {
        using KernelsOfPath kernels = new(path, threads);
        uint[] edges = [0x3880_0000, 0x3880_1000, 0x3880_3000, 0x3850_0000, 0x3500_0000, 0x3380_0000, 0x3300_0000, 0x3f80_1000, 0x3f80_3000, 0x477f_e000, 0x477f_efff, 0x477f_f000, 0x4780_0000];
        using TestMatrix<float> x = TestMatrix<float>.Random(edges.Length, 32 * 5, 8, scale: 0.3);
        for (int row = 0; row < edges.Length; row++)
        {
            for (int block = 0; block < 5; block++)
            {
                float d = BitConverter.UInt32BitsToSingle(edges[row] + (uint)block - 2);
                for (int i = 0; i < 32; i++)
                {
                    x.View.Row(row)[(block * 32) + i] *= d;
                }

                x.View.Row(row)[(block * 32) + (row % 32)] = 127 * d * (block % 2 == 0 ? 1 : -1);
            }
        }

        foreach (ActivationFormat format in (ActivationFormat[])[ActivationFormat.Block32, ActivationFormat.Block32WithSum])
        {
            using QuantizedRows expected = new();
            using QuantizedRows actual = new();
            s_reference.Quantize(x.View, format, expected);
            kernels.Kernels.Quantize(x.View, format, actual);
            RoundedRows.AssertEqual(expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void RmsNormQuantize_InPlaceToo_HasTheBitsOfTheReference(QuantizedKernelPath path, int threads)
    {
        using KernelsOfPath kernels = new(path, threads);
        using TestMatrix<float> x = TestMatrix<float>.Random(33, 768, 6, padding: 1);
        using TestMatrix<float> weight = TestMatrix<float>.Random(1, 768, 7);
        using TestMatrix<float> expected = new(33, 768);
        using TestMatrix<float> inverse = new(2, 33);
        using QuantizedRows expectedRows = new();
        using QuantizedRows rows = new();
        s_reference.RmsNormQuantize(x.View, weight.Data, 1e-5f, expected.View, inverse.Data, ActivationFormat.Block256, expectedRows);
        kernels.Kernels.RmsNormQuantize(x.View, weight.Data, 1e-5f, x.View, inverse.Data + 33, ActivationFormat.Block256, rows);
        Assert.Equal(expected.ToArray(), x.ToArray());
        Assert.Equal(RoundedRows.Bits(inverse.Data, 33), RoundedRows.Bits(inverse.Data + 33, 33));
        RoundedRows.AssertEqual(expectedRows, rows);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Multiply_GroupOfAnyRows_HasTheBitsOfTheReference(QuantizedKernelPath path, int threads)
    {
        using KernelsOfPath kernels = new(path, threads);
        foreach (int rows in (int[])[1, 2, 3, 4])
        {
            // The second matrix is large enough to be handed to several threads.
            AssertGroup(kernels.Kernels, rows, 256, (ElementType.Q8_0, 40), (ElementType.Q4_0, 2000), (ElementType.IQ4_NL, 17));
            AssertGroup(kernels.Kernels, rows, 512, (ElementType.Q4_K, 700), (ElementType.Q6_K, 33));
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Multiply_HalfPrecisionWeights_HasTheBitsOfTheReference(QuantizedKernelPath path, int threads)
    {
        using KernelsOfPath kernels = new(path, threads);
        foreach (int rows in (int[])[1, 2, 4, 5, 7])
        {
            foreach (int columns in (int[])[1, 33, 130])
            {
                AssertGroup(kernels.Kernels, rows, columns, (ElementType.F16, 1), (ElementType.F16, 100), (ElementType.BF16, 81), (ElementType.BF16, 16));
            }
        }

        AssertGroup(kernels.Kernels, 1, 300, (ElementType.F16, 900), (ElementType.BF16, 333));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Dequantize_AnyRows_HasTheBitsOfTheReference(QuantizedKernelPath path, int threads)
    {
        using KernelsOfPath kernels = new(path, threads);
        int[] rows = [.. Enumerable.Range(0, 70).Select(i => i * 7 % 50)];
        foreach (PanelFormat format in PanelFormat.All)
        {
            using QuantizedMatrix weight = PackedCase.Random(format.Type, 50, 512, 3);
            using TestMatrix<float> expected = new(rows.Length, 512);
            using TestMatrix<float> actual = new(rows.Length, 512, padding: 3);
            s_reference.Dequantize(weight, rows, expected.View);
            kernels.Kernels.Dequantize(weight, rows, actual.View);
            Assert.Equal(expected.ToArray(), actual.ToArray());
            actual.AssertPaddingUntouched();
        }
    }

    [Fact]
    public void Multiply_HalvesThatAreNotFinite_KeepTheirMeaning()
    {
        byte[] stored = [.. BitConverter.GetBytes(Half.PositiveInfinity), .. BitConverter.GetBytes((Half)1)];
        byte[] nothing = [.. BitConverter.GetBytes(Half.NaN), .. BitConverter.GetBytes(Half.Epsilon)];
        using QuantizedMatrix weight = PackedCase.Of(ElementType.F16, 2, stored, nothing);
        using TestMatrix<float> x = TestMatrix<float>.Of(1, -2, 3);
        using KernelsOfPath kernels = new(QuantizedKernelPath.Auto, 1);
        using TestMatrix<float> result = new(1, 2);
        kernels.Kernels.Multiply(x.View, [new QuantizedProduct(weight, null, result.View)]);
        Assert.Equal(float.NegativeInfinity, result[0, 0]);
        Assert.True(float.IsNaN(result[0, 1]));
    }

    [Fact]
    public void DecodeStep_SteadyState_AllocatesNothing()
    {
        using KernelsOfPath kernels = new(QuantizedKernelPath.Auto, 2);
        using QuantizedMatrix weight = PackedCase.Random(ElementType.Q8_0, 2048, 256, 1);
        using QuantizedMatrix half = PackedCase.Random(ElementType.F16, 2048, 256, 1);
        using TestMatrix<float> x = TestMatrix<float>.Random(2, 256, 1);
        using TestMatrix<float> result = new(2, 2048);
        using QuantizedRows rows = new();
        QuantizedProduct[] products = [new(weight, null, result.View)];
        QuantizedProduct[] halves = [new(half, null, result.View)];
        for (int run = 0; run < 20; run++)
        {
            Step();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Step()
        {
            kernels.Kernels.RmsNormQuantize(x.View, x.Data, 1e-5f, x.View, null, ActivationFormat.Block32, rows);
            kernels.Kernels.Multiply(rows, products);
            kernels.Kernels.Multiply(x.View, halves);
            kernels.Kernels.Dequantize(weight, [3, 5], x.View);
        }
    }

    private static void AssertGroup(SimdQuantizedKernels kernels, int rows, int columns, params ReadOnlySpan<(ElementType Type, int Outputs)> layers)
    {
        using TestMatrix<float> x = TestMatrix<float>.Random(rows, columns, rows + columns, padding: 2);
        ActivationFormat format = IQuantizedKernels.ActivationsOf(layers[0].Type);
        Stack<IDisposable> owned = new();
        using QuantizedRows rounded = new();
        List<(TestMatrix<float> Expected, TestMatrix<float> Actual)> results = [];
        List<QuantizedProduct> expectedGroup = [];
        List<QuantizedProduct> group = [];
        foreach ((ElementType type, int outputs) in layers)
        {
            // F16 and BF16 may share a group: both read single precision.
            QuantizedMatrix weight = PackedCase.Random(type, outputs, columns, outputs);
            TestMatrix<float> bias = TestMatrix<float>.Random(1, outputs, 4);
            results.Add((new TestMatrix<float>(rows, outputs), new TestMatrix<float>(rows, outputs, padding: 1)));
            expectedGroup.Add(new QuantizedProduct(weight, outputs % 2 == 0 ? bias.Data : null, results[^1].Expected.View));
            group.Add(new QuantizedProduct(weight, outputs % 2 == 0 ? bias.Data : null, results[^1].Actual.View));
            owned.Push(weight);
            owned.Push(bias);
        }

        if (format == ActivationFormat.Single)
        {
            s_reference.Multiply(x.View, [.. expectedGroup]);
            kernels.Multiply(x.View, [.. group]);
        }
        else
        {
            kernels.Quantize(x.View, format, rounded);
            s_reference.Multiply(rounded, [.. expectedGroup]);
            kernels.Multiply(rounded, [.. group]);
        }

        foreach ((TestMatrix<float> expected, TestMatrix<float> actual) in results)
        {
            Assert.Equal(Array.ConvertAll(expected.ToArray(), BitConverter.SingleToInt32Bits), Array.ConvertAll(actual.ToArray(), BitConverter.SingleToInt32Bits));
            actual.AssertPaddingUntouched();
            expected.Dispose();
            actual.Dispose();
        }

        foreach (IDisposable item in owned)
        {
            item.Dispose();
        }
    }

    private static void AddSpecialBlocks(TestMatrix<float> x)
    {
        x[0, 40] = float.NaN;
        x[1, 300] = float.NegativeInfinity;
        x[2, 767] = float.PositiveInfinity;
        new Span<float>(x.View.Row(3), 768).Clear();
        new Span<float>(x.View.Row(4), 768).Fill(1e-42f);
        new Span<float>(x.View.Row(5), 768).Fill(-3e38f);

        // Ties between 2 and 3, and two largest values of different sign.
        for (int column = 0; column < 768; column++)
        {
            x[6, column] = (column % 254) - 126.5f;
            x[7, column] = column % 2 == 0 ? -4 : 4;
            x[8, column] = column % 2 == 0 ? 127 : 2.5f;
        }
    }

    /// <summary>Kernels of one path on threads of their own.</summary>
    private sealed class KernelsOfPath : IDisposable
    {
        private readonly ComputePool _pool;

        public KernelsOfPath(QuantizedKernelPath path, int threads)
        {
            Assert.SkipUnless(SimdQuantizedKernels.IsSupported(path), $"This machine does not support {path}.");
            _pool = new ComputePool(new ComputePoolOptions { Threads = threads });
            Kernels = new SimdQuantizedKernels(_pool, path);
        }

        public SimdQuantizedKernels Kernels { get; }

        public void Dispose()
        {
            Kernels.Dispose();
            _pool.Dispose();
        }
    }
}
