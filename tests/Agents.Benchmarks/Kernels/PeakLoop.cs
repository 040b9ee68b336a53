using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Kernels;

namespace Agents.Benchmarks.Kernels;

/// <summary>Fused multiply-adds on registers only: what one core could do at best.</summary>
internal static class PeakLoop
{
    private const int Rounds = 400_000;

    /// <summary>Returns GFLOP/s of one thread, best of several runs.</summary>
    public static double Measure(KernelPath path)
    {
        double best = 0;
        for (int run = 0; run < 30; run++)
        {
            long start = Stopwatch.GetTimestamp();
            int lanes = path switch
            {
                KernelPath.Avx512 => Wide(),
                KernelPath.Avx2 => Middle(),
                _ => Narrow(),
            };
            best = Math.Max(best, 2.0 * lanes * 12 * Rounds / Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Wide()
    {
        Vector512<float> x = Vector512.Create(0.999f);
        Vector512<float> y = Vector512.Create(1e-3f);
        Vector512<float> c0 = y, c1 = y, c2 = y, c3 = y, c4 = y, c5 = y, c6 = y, c7 = y, c8 = y, c9 = y, c10 = y, c11 = y;
        for (int round = 0; round < Rounds; round++)
        {
            c0 = Avx512F.FusedMultiplyAdd(c0, x, y);
            c1 = Avx512F.FusedMultiplyAdd(c1, x, y);
            c2 = Avx512F.FusedMultiplyAdd(c2, x, y);
            c3 = Avx512F.FusedMultiplyAdd(c3, x, y);
            c4 = Avx512F.FusedMultiplyAdd(c4, x, y);
            c5 = Avx512F.FusedMultiplyAdd(c5, x, y);
            c6 = Avx512F.FusedMultiplyAdd(c6, x, y);
            c7 = Avx512F.FusedMultiplyAdd(c7, x, y);
            c8 = Avx512F.FusedMultiplyAdd(c8, x, y);
            c9 = Avx512F.FusedMultiplyAdd(c9, x, y);
            c10 = Avx512F.FusedMultiplyAdd(c10, x, y);
            c11 = Avx512F.FusedMultiplyAdd(c11, x, y);
        }

        Vector512<float> sum = c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11;
        return float.IsNaN(sum.ToScalar()) ? 0 : 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Middle()
    {
        Vector256<float> x = Vector256.Create(0.999f);
        Vector256<float> y = Vector256.Create(1e-3f);
        Vector256<float> c0 = y, c1 = y, c2 = y, c3 = y, c4 = y, c5 = y, c6 = y, c7 = y, c8 = y, c9 = y, c10 = y, c11 = y;
        for (int round = 0; round < Rounds; round++)
        {
            c0 = Fma.MultiplyAdd(c0, x, y);
            c1 = Fma.MultiplyAdd(c1, x, y);
            c2 = Fma.MultiplyAdd(c2, x, y);
            c3 = Fma.MultiplyAdd(c3, x, y);
            c4 = Fma.MultiplyAdd(c4, x, y);
            c5 = Fma.MultiplyAdd(c5, x, y);
            c6 = Fma.MultiplyAdd(c6, x, y);
            c7 = Fma.MultiplyAdd(c7, x, y);
            c8 = Fma.MultiplyAdd(c8, x, y);
            c9 = Fma.MultiplyAdd(c9, x, y);
            c10 = Fma.MultiplyAdd(c10, x, y);
            c11 = Fma.MultiplyAdd(c11, x, y);
        }

        Vector256<float> sum = c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11;
        return float.IsNaN(sum.ToScalar()) ? 0 : 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Narrow()
    {
        Vector128<float> x = Vector128.Create(0.999f);
        Vector128<float> y = Vector128.Create(1e-3f);
        Vector128<float> c0 = y, c1 = y, c2 = y, c3 = y, c4 = y, c5 = y, c6 = y, c7 = y, c8 = y, c9 = y, c10 = y, c11 = y;
        for (int round = 0; round < Rounds; round++)
        {
            c0 = Vector128.FusedMultiplyAdd(c0, x, y);
            c1 = Vector128.FusedMultiplyAdd(c1, x, y);
            c2 = Vector128.FusedMultiplyAdd(c2, x, y);
            c3 = Vector128.FusedMultiplyAdd(c3, x, y);
            c4 = Vector128.FusedMultiplyAdd(c4, x, y);
            c5 = Vector128.FusedMultiplyAdd(c5, x, y);
            c6 = Vector128.FusedMultiplyAdd(c6, x, y);
            c7 = Vector128.FusedMultiplyAdd(c7, x, y);
            c8 = Vector128.FusedMultiplyAdd(c8, x, y);
            c9 = Vector128.FusedMultiplyAdd(c9, x, y);
            c10 = Vector128.FusedMultiplyAdd(c10, x, y);
            c11 = Vector128.FusedMultiplyAdd(c11, x, y);
        }

        Vector128<float> sum = c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11;
        return float.IsNaN(sum.ToScalar()) ? 0 : 4;
    }
}
