using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Kernels.Matrix;

/// <summary>Operands that end (or begin) at an inaccessible page: a read or write outside ends the test process.</summary>
public sealed unsafe class MatrixBoundsTests
{
    private static readonly int[] s_rows = [1, 2, 3, 4, 5, 11, 12, 13, 25];
    private static readonly int[] s_columns = [1, 4, 15, 31, 32, 33, 129];
    private static readonly int[] s_depths = [1, 3, 4, 17, 300];

    [Theory]
    [InlineData(KernelPath.Portable, true)]
    [InlineData(KernelPath.Portable, false)]
    [InlineData(KernelPath.Avx2, true)]
    [InlineData(KernelPath.Avx2, false)]
    [InlineData(KernelPath.Avx512, true)]
    [InlineData(KernelPath.Avx512, false)]
    public void Products_AtThePageBorder_StayInside(KernelPath path, bool atEnd)
    {
        if (!OperatingSystem.IsLinux() || !SimdKernels.IsSupported(path))
        {
            Assert.Skip($"needs Linux and {path}");
        }

        using ComputePool pool = new(new ComputePoolOptions { Threads = 1 });
        using SimdKernels kernels = new(pool, path);
        using GuardedMemory aMemory = new(300 * 129 * sizeof(float));
        using GuardedMemory bMemory = new(300 * 129 * sizeof(float));
        using GuardedMemory cMemory = new(25 * 129 * sizeof(float));
        using GuardedMemory biasMemory = new(129 * sizeof(float));
        foreach (int m in s_rows)
        {
            foreach (int n in s_columns)
            {
                foreach (int k in s_depths)
                {
                    float* a = Place(aMemory, m * k, atEnd);
                    float* b = Place(bMemory, n * k, atEnd);
                    float* bias = Place(biasMemory, n, atEnd);
                    MatrixView<float> c = new(Place(cMemory, m * n, atEnd), m, n);
                    new Span<float>(a, m * k).Fill(1);
                    new Span<float>(b, n * k).Fill(2);
                    new Span<float>(bias, n).Fill(0.5f);

                    kernels.MultiplyTransposed(new(a, m, k), new(b, n, k), c, accumulate: false);
                    kernels.Multiply(new(a, m, k), new(b, k, n), c, accumulate: true);
                    kernels.TransposedMultiply(new(a, k, m), new(b, k, n), c, accumulate: true);
                    AssertAll(c, 6 * k);
                    using PackedMatrix<float> packed = kernels.Pack(new(b, n, k));
                    kernels.MultiplyPacked(new(a, m, k), packed, bias, c);
                    AssertAll(c, (2 * k) + 0.5f);
                }
            }
        }
    }

    private static float* Place(GuardedMemory memory, int count, bool atEnd) => atEnd ? (float*)memory.End - count : (float*)memory.Start;

    private static void AssertAll(MatrixView<float> c, float value) =>
        Assert.False(new Span<float>(c.Data, c.Rows * c.Columns).ContainsAnyExcept(value), $"[{c.Rows}, {c.Columns}] should be {value}");
}
