using System.Diagnostics;
using System.Globalization;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Benchmarks.Kernels;

/// <summary>Speed of the matrix products. Best of many runs, because the machine may be shared.</summary>
internal static unsafe class MatrixBenchmark
{
    private const int MinimumRuns = 15;
    private const double SecondsPerCell = 0.25;

    private static readonly (int M, int N, int K)[] s_shapes =
    [
        (256, 256, 256), (512, 512, 512), (768, 768, 768), (1024, 1024, 1024),
        (2048, 256, 256), (2048, 512, 256), (2048, 256, 512),
        (1, 512, 256), (1, 256, 512), (1, 1024, 1024), (4, 512, 256), (8, 512, 256), (16, 512, 256), (64, 512, 256),
    ];

    /// <summary>Prints one table.</summary>
    public static int Run(string[] arguments)
    {
        string filter = arguments.Length > 0 ? arguments[0] : string.Empty;
        KernelPath[] paths = [.. new[] { KernelPath.Portable, KernelPath.Avx2, KernelPath.Avx512 }.Where(SimdKernels.IsSupported)];
        Console.WriteLine("| path | FMA peak of one thread, GFLOP/s |\n|---|---|");
        foreach (KernelPath path in paths)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {path} | {PeakLoop.Measure(path):F0} |"));
        }

        Console.WriteLine("\n| path | threads | m × n × k | a·bᵀ | a·b | aᵀ·b | a·packedᵀ | µs packed |\n|---|---|---|---|---|---|---|---|");
        foreach (KernelPath path in paths)
        {
            foreach (int threads in new[] { 1, 2 })
            {
                using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
                using SimdKernels kernels = new(pool, path);
                foreach ((int m, int n, int k) in s_shapes)
                {
                    string name = string.Create(CultureInfo.InvariantCulture, $"| {path} | {threads} | {m} × {n} × {k} |");
                    if (name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                    {
                        Console.WriteLine(name + Row(kernels, m, n, k));
                    }
                }
            }
        }

        return 0;
    }

    private static string Row(SimdKernels kernels, int m, int n, int k)
    {
        using AlignedBuffer<float> memory = new(((long)m * k) + ((long)n * k) + ((long)m * n) + 64);
        for (int i = 0; i < memory.Length; i++)
        {
            memory.Data[i] = (i % 13) - 6;
        }

        float* a = memory.Data;
        float* b = a + ((long)m * k);
        MatrixView<float> c = new(b + ((long)n * k), m, n);
        using PackedMatrix<float> packed = kernels.Pack(new MatrixView<float>(b, n, k));
        double[] best = [double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue];
        for (int kind = 0; kind < best.Length; kind++)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int run = 0; run < MinimumRuns || Stopwatch.GetElapsedTime(begin).TotalSeconds < SecondsPerCell; run++)
            {
                long start = Stopwatch.GetTimestamp();
                switch (kind)
                {
                    case 0:
                        kernels.MultiplyTransposed(new(a, m, k), new(b, n, k), c, false);
                        break;
                    case 1:
                        kernels.Multiply(new(a, m, k), new(b, k, n), c, false);
                        break;
                    case 2:
                        kernels.TransposedMultiply(new(a, k, m), new(b, k, n), c, false);
                        break;
                    default:
                        kernels.MultiplyPacked(new(a, m, k), packed, null, c);
                        break;
                }

                best[kind] = Math.Min(best[kind], Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            }
        }

        double flops = 2.0 * m * n * k;
        return string.Create(
            CultureInfo.InvariantCulture, $" {flops / best[0]:F0} | {flops / best[1]:F0} | {flops / best[2]:F0} | {flops / best[3]:F0} | {best[3] / 1000:F1} |");
    }
}
