using System.Diagnostics;
using System.Globalization;
using Agents.Numerics.Formats;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;
using Agents.Numerics.Quantized.Gemv;
using Agents.Numerics.Threading;

namespace Agents.Benchmarks.Quantized;

/// <summary>
/// Bytes of weights per second that products of few rows read, beside what plain reading gives. All paths take turns over parts of 4 MiB, and the best time of
/// every part counts, because the machine may be shared.
/// </summary>
internal static unsafe class GemvBenchmark
{
    private const int Columns = 2048;
    private const long LargeBytes = 128L << 20;
    private const long SmallBytes = 512L << 10;
    private const long PartBytes = 4L << 20;
    private const int Rounds = 11;

    /// <summary>Prints one table.</summary>
    /// <param name="arguments">Optionally a part of the type's name, the number of rows (1 to 3) and "cache" for a matrix that fits the second-level cache.</param>
    public static int Run(string[] arguments)
    {
        string filter = arguments.Length > 0 ? arguments[0] : string.Empty;
        int rows = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1;
        bool cached = arguments.Contains("cache");
        CodePath[] paths = [.. Enum.GetValues<CodePath>().Where(GemvDispatch.IsSupported)];
        Console.WriteLine($"{rows} row(s), {(cached ? SmallBytes >> 10 : LargeBytes >> 10)} KiB of weights with {Columns} inputs, GB/s\n");
        Console.WriteLine($"| type | threads | stream | {string.Join(" | ", paths)} |\n|---|---|---|{string.Concat(paths.Select(_ => "---|"))}");
        foreach (ElementType type in PanelFormat.All.Select(format => format.Type))
        {
            if (IQuantizedKernels.ActivationsOf(type) == ActivationFormat.Single || !type.ToString().Contains(filter, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            foreach (int threads in new[] { 1, 2 })
            {
                Console.WriteLine(Row(type, rows, threads, cached ? SmallBytes : LargeBytes, paths));
            }
        }

        return 0;
    }

    private static string Row(ElementType type, int rows, int threads, long bytes, CodePath[] paths)
    {
        PanelFormat.TryGet(type, out PanelFormat? format);
        int outputs = (int)(bytes / format!.PanelBytes(Columns / format.Layout.Elements)) * PanelFormat.Rows;
        using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
        using QuantizedMatrix weight = new(type, outputs, Columns);
        using AlignedBuffer<float> result = new((long)rows * outputs);
        using QuantizedRows x = new();
        x.Reset(IQuantizedKernels.ActivationsOf(type), rows, Columns);
        // Timed in parts of which a disturbed one is replaced by its best repetition.
        int panelsPerPart = (int)Math.Clamp(PartBytes / weight.PanelBytes, 1, weight.Panels);
        int parts = weight.Panels / panelsPerPart;
        double[,] best = new double[paths.Length + 1, parts];
        StreamRead read = new() { BytesPerChunk = panelsPerPart * weight.PanelBytes / threads / 4096 * 4096 };
        GemvChunks gemv = new()
        {
            Rows = x,
            Product = new QuantizedProduct(weight, null, new MatrixView<float>(result.Data, rows, outputs)),
            PanelsPerChunk = (panelsPerPart + threads - 1) / threads,
        };
        for (int round = 0; round < Rounds; round++)
        {
            for (int kind = 0; kind <= paths.Length; kind++)
            {
                for (int part = 0; part < parts; part++)
                {
                    long start = Stopwatch.GetTimestamp();
                    if (kind == 0)
                    {
                        read.Data = weight.Data + (part * panelsPerPart * weight.PanelBytes);
                        pool.Run(ref read, threads);
                    }
                    else
                    {
                        gemv.Path = paths[kind - 1];
                        gemv.FirstPanel = part * panelsPerPart;
                        gemv.Panels = panelsPerPart;
                        pool.Run(ref gemv, threads);
                    }

                    double time = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
                    best[kind, part] = round == 0 ? time : Math.Min(best[kind, part], time);
                }
            }
        }

        string line = $"| {type} | {threads} |";
        for (int kind = 0; kind <= paths.Length; kind++)
        {
            double time = 0;
            for (int part = 0; part < parts; part++)
            {
                time += best[kind, part];
            }

            double partBytes = kind == 0 ? read.BytesPerChunk * threads : panelsPerPart * weight.PanelBytes;
            line += string.Create(CultureInfo.InvariantCulture, $" {partBytes * parts / time:F1} |");
        }

        return line;
    }
}
