using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Kernels.Matrix;

public sealed unsafe class MatrixKernelsTests : IDisposable
{
    private static readonly int[] s_sizes = [1, 2, 3, 5, 7, 17, 31, 33, 63, 65, 100, 257];
    private readonly ComputePool _one = new(new ComputePoolOptions { Threads = 1 });
    private readonly ComputePool _three = new(new ComputePoolOptions { Threads = 3 });

    public static TheoryData<int> Depths => [.. s_sizes];

    public void Dispose()
    {
        _one.Dispose();
        _three.Dispose();
    }

    [Theory]
    [MemberData(nameof(Depths))]
    public void Products_OddSizes_EqualTheScalarChainBitForBit(int k)
    {
        List<SimdKernels> all = SupportedKernels();
        foreach (int m in s_sizes)
        {
            foreach (int n in s_sizes)
            {
                using MatrixCase operands = new(m, n, k, padding: (m + n + k) % 3, seed: (uint)((m * 1000) + n));
                bool accumulate = (m + n) % 2 == 0;
                float[] expected = operands.ExpectedAll(accumulate, bias: false);
                float[] biased = operands.ExpectedAll(accumulate: false, bias: true);
                foreach (SimdKernels kernels in all)
                {
                    foreach (ProductKind kind in Enum.GetValues<ProductKind>())
                    {
                        bool packed = kind == ProductKind.MultiplyPacked;
                        MatrixView<float> c = operands.Compute(kernels, kind, accumulate, bias: packed);
                        operands.AssertExact(packed ? biased : expected, c, $"{kernels.Path} {kind}");
                    }
                }
            }
        }

        all.ForEach(kernels => kernels.Dispose());
    }

    /// <summary>Also run by <see cref="InstructionLevelTests"/> in processes with parts of the instruction set switched off.</summary>
    [Fact]
    public void Products_FewSizes_EqualTheScalarChainBitForBit()
    {
        foreach ((int m, int n, int k) in new[] { (1, 130, 9), (4, 33, 21), (7, 31, 260), (30, 70, 40), (13, 5, 300) })
        {
            AssertAllProducts(m, n, k);
        }
    }

    [Theory]
    [InlineData(300, 600, 70)]
    [InlineData(64, 512, 700)]
    [InlineData(11, 1000, 513)]
    [InlineData(4, 300, 4100)]
    [InlineData(3100, 40, 20)]
    [InlineData(1000, 8, 300)]
    [InlineData(12, 16, 2000)]
    [InlineData(8, 1000, 256)]
    [InlineData(5, 3000, 70)]
    [InlineData(13, 4200, 260)]
    public void Products_SeveralBlocksAndThreads_EqualTheScalarChainBitForBit(int m, int n, int k)
    {
        AssertAllProducts(m, n, k);
    }

    [Fact]
    public void Products_StayWithinTheRoundingBoundOfTheExactSum()
    {
        using MatrixCase operands = new(37, 70, 999, padding: 1, seed: 3);
        using SimdKernels kernels = new(_three);
        MatrixView<float> c = operands.Compute(kernels, ProductKind.MultiplyTransposed, accumulate: false);

        // One rounding per fused multiply-add: |error| <= gamma(k) * sum |a b| with gamma(k) = k u / (1 - k u), u = 2^-24.
        double gamma = operands.K * Math.ScaleB(1, -24) / (1 - (operands.K * Math.ScaleB(1, -24)));
        for (int r = 0; r < operands.M; r++)
        {
            for (int column = 0; column < operands.N; column++)
            {
                double exact = 0;
                double magnitude = 0;
                for (int k = 0; k < operands.K; k++)
                {
                    double product = (double)operands.A.Row(r)[k] * operands.B.Row(column)[k];
                    exact += product;
                    magnitude += Math.Abs(product);
                }

                Assert.InRange(Math.Abs(c.Row(r)[column] - exact), 0, gamma * magnitude);
            }
        }
    }

    [Theory]
    [InlineData(0, 5, 5)]
    [InlineData(5, 0, 5)]
    [InlineData(5, 7, 0)]
    [InlineData(40, 70, 0)]
    [InlineData(0, 0, 0)]
    public void Products_EmptyDimension_GiveZerosOrTheOldValuesPlusBias(int m, int n, int k)
    {
        using MatrixCase operands = new(m, n, k, padding: 2, seed: 1);
        using SimdKernels kernels = new(_three);
        foreach (bool accumulate in new[] { false, true })
        {
            float[] expected = operands.ExpectedAll(accumulate, bias: false);
            foreach (ProductKind kind in new[] { ProductKind.MultiplyTransposed, ProductKind.Multiply, ProductKind.TransposedMultiply })
            {
                operands.AssertExact(expected, operands.Compute(kernels, kind, accumulate), $"{kind}");
            }
        }

        operands.AssertExact(operands.ExpectedAll(false, true), operands.Compute(kernels, ProductKind.MultiplyPacked, false, bias: true), "packed");
    }

    [Fact]
    public void Rows_DoNotDependOnTheBatchTheyAreIn()
    {
        using MatrixCase operands = new(50, 200, 300, padding: 0, seed: 5);
        using SimdKernels kernels = new(_three);
        using PackedMatrix<float> packed = kernels.Pack(operands.B);
        MatrixView<float> all = operands.Compute(kernels, ProductKind.MultiplyPacked, accumulate: false);
        using AlignedBuffer<float> buffer = new(50 * 200);
        for (int count = 1; count <= 26; count++)
        {
            MatrixView<float> part = new(buffer.Data, count, 200);
            kernels.MultiplyPacked(operands.A.RowRange(17, count), packed, null, part);
            for (int r = 0; r < count; r++)
            {
                Assert.True(new Span<float>(part.Row(r), 200).SequenceEqual(new Span<float>(all.Row(17 + r), 200)), $"row {r} of {count}");
            }
        }
    }

    [Fact]
    public void Repack_ReplacesTheWeight()
    {
        using MatrixCase first = new(3, 45, 20, padding: 1, seed: 1);
        using MatrixCase second = new(3, 45, 20, padding: 0, seed: 2);
        using SimdKernels kernels = new(_one);
        using PackedMatrix<float> packed = kernels.Pack(first.B);

        kernels.Repack(second.B, packed);

        MatrixView<float> c = second.Compute(kernels, ProductKind.MultiplyTransposed, accumulate: false);
        kernels.MultiplyPacked(second.A, packed, null, c);
        second.AssertExact(second.ExpectedAll(false, false), c, "repacked");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PackRows_PieceByPiece_EqualsThePackedWhole(bool reference)
    {
        using MatrixCase operands = new(3, 150, 20, padding: 1, seed: 4);
        using SimdKernels simd = new(_three);
        IKernels<float> kernels = reference ? new ReferenceKernels<float>() : simd;
        using PackedMatrix<float> expected = kernels.Pack(operands.B);
        using PackedMatrix<float> actual = kernels.AllocatePacked(150, 20);
        actual.Panels.Span.Fill(float.NaN);

        kernels.PackRows(operands.B.RowRange(128, 22), 128, actual);
        kernels.PackRows(operands.B.RowRange(0, 128), 0, actual);

        Assert.True(expected.Panels.Span.SequenceEqual(actual.Panels.Span));
        float[] row = new float[20];
        foreach (int index in (int[])[0, 31, 32, 149])
        {
            actual.CopyRow(index, row);
            Assert.True(new Span<float>(operands.B.Row(index), 20).SequenceEqual(row));
        }

        Assert.Throws<ArgumentException>(() => kernels.PackRows(operands.B.RowRange(0, 33), 0, actual));
        Assert.Throws<ArgumentException>(() => kernels.PackRows(operands.B.RowRange(0, 64), 32, actual));
        Assert.Throws<ArgumentException>(() => kernels.PackRows(operands.B.RowRange(0, 64), 128, actual));
        Assert.Throws<ArgumentOutOfRangeException>(() => actual.CopyRow(150, row));
    }

    [Fact]
    public void Products_WrongShapes_Throw()
    {
        using SimdKernels kernels = new(_one);
        using AlignedBuffer<float> buffer = new(100);
        MatrixView<float> a = new(buffer.Data, 2, 3);
        MatrixView<float> b = new(buffer.Data, 4, 5);
        MatrixView<float> c = new(buffer.Data, 2, 4);
        using PackedMatrix<float> packed = kernels.Pack(b);
        using PackedMatrix<float> foreign = new(4, 3, 8, new AlignedBuffer<float>(24));

        ArgumentException error = Assert.Throws<ArgumentException>(() => kernels.MultiplyTransposed(a, b, c, false));
        Assert.Contains("a [2, 3], b [4, 5], c [2, 4]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => kernels.Multiply(a, b, c, false));
        Assert.Throws<ArgumentException>(() => kernels.TransposedMultiply(a, b, c, false));
        Assert.Throws<ArgumentException>(() => kernels.MultiplyPacked(a, packed, null, c));
        Assert.Throws<ArgumentException>(() => kernels.MultiplyPacked(a, foreign, null, c));
        Assert.Throws<ArgumentException>(() => kernels.Repack(a, packed));
        Assert.Throws<ArgumentNullException>(() => kernels.MultiplyPacked(a, null!, null, c));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100)]
    public void Products_Warm_AllocateNothing(int m)
    {
        using MatrixCase operands = new(m, 257, 300, padding: 0, seed: 5);
        using ComputePool pool = new(new ComputePoolOptions { Threads = 2 });
        using SimdKernels kernels = new(pool);
        using PackedMatrix<float> packed = kernels.Pack(operands.B);
        MatrixView<float> c = operands.Compute(kernels, ProductKind.MultiplyTransposed, accumulate: false);
        long before = 0;
        for (int round = 0; round < 40; round++)
        {
            if (round == 20)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            kernels.MultiplyTransposed(operands.A, operands.B, c, false);
            kernels.Multiply(operands.A, operands.BTransposed, c, true);
            kernels.TransposedMultiply(operands.ATransposed, operands.BTransposed, c, false);
            kernels.Repack(operands.B, packed);
            kernels.MultiplyPacked(operands.A, packed, operands.Bias.Data, c);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Products_ConcurrentCallersOfOneInstance_DoNotMix()
    {
        using SimdKernels kernels = new(_three);
        int failures = 0;
        Thread[] callers = Enumerable.Range(0, 4).Select(caller => new Thread(() =>
        {
            using MatrixCase operands = new(30 + caller, 70, 90, padding: 0, seed: (uint)caller);
            float[] expected = operands.ExpectedAll(false, false);
            for (int round = 0; round < 30; round++)
            {
                MatrixView<float> c = operands.Compute(kernels, (ProductKind)(round % 4), accumulate: false);
                if (!new Span<float>(c.Data, expected.Length).SequenceEqual(expected))
                {
                    Interlocked.Increment(ref failures);
                }
            }
        })).ToArray();
        Array.ForEach(callers, thread => thread.Start());
        Array.ForEach(callers, thread => thread.Join());

        Assert.Equal(0, failures);
    }

    [Fact]
    public void Constructor_Auto_ChoosesASupportedPath()
    {
        using SimdKernels kernels = new(_one);
        Assert.NotEqual(KernelPath.Auto, kernels.Path);
        Assert.True(SimdKernels.IsSupported(kernels.Path));
    }

    [Fact]
    public void Constructor_UnsupportedPath_NamesTheFeature()
    {
        KernelPath missing = Enum.GetValues<KernelPath>().FirstOrDefault(path => !SimdKernels.IsSupported(path), (KernelPath)99);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new SimdKernels(_one, missing));
        Assert.Contains("needs", error.Message, StringComparison.Ordinal);
        Assert.Contains(missing is KernelPath.Avx512 ? "AVX-512" : missing is KernelPath.Avx2 ? "A" : "unknown", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_Disposed_Throw()
    {
        using MatrixCase operands = new(2, 2, 2, padding: 0, seed: 0);
        SimdKernels kernels = new(_one);
        kernels.Dispose();
        Assert.Throws<ObjectDisposedException>(() => operands.Compute(kernels, ProductKind.Multiply, false));
    }

    private void AssertAllProducts(int m, int n, int k)
    {
        using MatrixCase operands = new(m, n, k, padding: 3, seed: 7);
        float[] expected = operands.ExpectedAll(accumulate: true, bias: false);
        float[] biased = operands.ExpectedAll(accumulate: false, bias: true);
        List<SimdKernels> all = SupportedKernels();
        foreach (SimdKernels kernels in all)
        {
            foreach (ProductKind kind in Enum.GetValues<ProductKind>())
            {
                bool packed = kind == ProductKind.MultiplyPacked;
                MatrixView<float> c = operands.Compute(kernels, kind, accumulate: true, bias: packed);
                operands.AssertExact(packed ? biased : expected, c, $"{kernels.Path} {kind}");
            }
        }

        all.ForEach(kernels => kernels.Dispose());
    }

    private List<SimdKernels> SupportedKernels()
    {
        List<SimdKernels> all = [];
        foreach (KernelPath path in new[] { KernelPath.Portable, KernelPath.Avx2, KernelPath.Avx512 })
        {
            if (SimdKernels.IsSupported(path))
            {
                all.Add(new SimdKernels(_one, path));
                all.Add(new SimdKernels(_three, path));
            }
        }

        return all;
    }
}
