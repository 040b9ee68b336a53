using System.Diagnostics;
using System.Globalization;
using Agents.Numerics.Formats;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;
using Agents.Numerics.Threading;

namespace Agents.Benchmarks.Kernels;

/// <summary>Speed of products with quantized weights: all paths in turn, best of many rounds, because the machine may be shared.</summary>
internal static unsafe class QuantizedMatrixBenchmark
{
    private const int MinimumRounds = 5;
    private const double SecondsPerPath = 0.6;

    private static readonly (int Rows, int Outputs, int Columns)[] s_shapes =
    [
        (512, 4864, 896), (512, 896, 4864), (512, 1152, 896), (128, 256, 896), (16, 256, 896), (16, 4864, 896), (8, 4864, 896), (4, 4864, 896), (1, 4864, 896),
    ];

    private static readonly QuantizedKernelPath[] s_paths =
    [
        .. new[] { QuantizedKernelPath.Portable, QuantizedKernelPath.Avx2, QuantizedKernelPath.Avx512, QuantizedKernelPath.Assembled }.Where(SimdQuantizedKernels.IsSupported),
    ];

    /// <summary>Prints one table: GOP/s (two per multiply-add) of every path, and microseconds of the last.</summary>
    public static int Run(string[] arguments)
    {
        string filter = arguments.Length > 0 ? arguments[0] : string.Empty;
        Console.WriteLine($"| type | threads | rows × outputs × columns | {string.Join(" | ", s_paths)} | µs |");
        Console.WriteLine($"|---|---|---|{string.Concat(s_paths.Select(_ => "---|"))}---|");
        foreach (int threads in new[] { 1, 2 })
        {
            using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
            SimdQuantizedKernels[] kernels = [.. s_paths.Select(path => new SimdQuantizedKernels(pool, path))];
            foreach (ElementType type in PanelFormat.All.Select(format => format.Type).Where(type => type is not ElementType.F16 and not ElementType.BF16))
            {
                foreach ((int rows, int outputs, int columns) in s_shapes)
                {
                    // Blocks of 256 need columns that divide.
                    int whole = BlockLayouts.TryGet(type, out BlockLayout layout) ? (columns + layout.Elements - 1) / layout.Elements * layout.Elements : 0;
                    string name = string.Create(CultureInfo.InvariantCulture, $"| {type} | {threads} | {rows} × {outputs} × {whole} |");
                    if (name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                    {
                        Console.WriteLine(name + Row(kernels, type, rows, outputs, whole));
                    }
                }
            }

            Array.ForEach(kernels, kernel => kernel.Dispose());
        }

        return 0;
    }

    private static string Row(SimdQuantizedKernels[] kernels, ElementType type, int rows, int outputs, int columns)
    {
        using QuantizedMatrix weight = new(type, outputs, columns);
        using QuantizedRows x = new();
        x.Reset(IQuantizedKernels.ActivationsOf(type), rows, columns);
        for (long i = 0; i < (long)rows * columns; i++)
        {
            x.Codes[i] = (sbyte)((i % 255) - 127);
        }

        using AlignedBuffer<float> memory = new((long)rows * outputs);
        QuantizedProduct product = new(weight, null, new MatrixView<float>(memory.Data, rows, outputs));
        double[] best = new double[kernels.Length];
        Array.Fill(best, double.MaxValue);
        double[] spent = new double[kernels.Length];
        for (int round = 0; round < MinimumRounds || spent.Min() < SecondsPerPath; round++)
        {
            for (int path = 0; path < kernels.Length; path++)
            {
                if (round >= MinimumRounds && spent[path] >= SecondsPerPath)
                {
                    continue;
                }

                long start = Stopwatch.GetTimestamp();
                kernels[path].Multiply(x, [product]);
                TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
                spent[path] += elapsed.TotalSeconds;
                best[path] = Math.Min(best[path], elapsed.TotalNanoseconds);
            }
        }

        double operations = 2.0 * rows * outputs * columns;
        return string.Concat(best.Select(time => string.Create(CultureInfo.InvariantCulture, $" {operations / time:F0} |")))
            + string.Create(CultureInfo.InvariantCulture, $" {best[^1] / 1000:F1} |");
    }
}
