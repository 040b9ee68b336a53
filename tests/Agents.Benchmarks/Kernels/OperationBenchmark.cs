using System.Diagnostics;
using System.Globalization;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Benchmarks.Kernels;

/// <summary>Speed of everything that is no matrix product, at the embedded model's training shape. Best of many runs, because the machine may be shared.</summary>
internal sealed unsafe class OperationBenchmark : IDisposable
{
    private const int Rows = 8192;
    private const int Document = 512;
    private const int Width = 256;
    private const int Inner = 512;
    private const int Vocabulary = 512;
    private const int MinimumRuns = 5;
    private const double SecondsPerCell = 0.2;

    private readonly AttentionShape _shape = new(4, 2, 64);
    private readonly List<AlignedBuffer<float>> _memory = [];
    private readonly AlignedBuffer<AttentionSegment> _segments = new(64);
    private readonly AlignedBuffer<nint> _pages = new(64);
    private readonly AlignedBuffer<int> _ids = new(Rows);
    private readonly AlignedBuffer<TokenStatistic> _statistics = new(2 * Rows);
    private readonly ComputePool _pool;
    private readonly SimdKernels _kernels;
    private readonly string _name;
    private readonly string _filter;

    private OperationBenchmark(KernelPath path, int threads, string filter)
    {
        _pool = new ComputePool(new ComputePoolOptions { Threads = threads });
        _kernels = new SimdKernels(_pool, path);
        _name = string.Create(CultureInfo.InvariantCulture, $"| {path} | {threads} |");
        _filter = filter;
    }

    /// <summary>Prints one table.</summary>
    public static int Run(string[] arguments)
    {
        string filter = arguments.Length > 0 ? arguments[0] : string.Empty;
        Console.WriteLine("| path | threads | operation | ns per element | GFLOP/s |\n|---|---|---|---|---|");
        foreach (KernelPath path in new[] { KernelPath.Portable, KernelPath.Avx2, KernelPath.Avx512 }.Where(SimdKernels.IsSupported))
        {
            foreach (int threads in new[] { 1, 2 })
            {
                using OperationBenchmark benchmark = new(path, threads, filter);
                benchmark.Elements();
                benchmark.Losses();
                benchmark.Training();
                benchmark.Decode(1, 100);
                benchmark.Decode(1, 1000);
                benchmark.Decode(64, 100);
                benchmark.Decode(64, 1000);
            }
        }

        return 0;
    }

    public void Dispose()
    {
        _memory.ForEach(buffer => buffer.Dispose());
        _segments.Dispose();
        _pages.Dispose();
        _ids.Dispose();
        _statistics.Dispose();
        _kernels.Dispose();
        _pool.Dispose();
    }

    private void Elements()
    {
        MatrixView<float> x = Matrix(Rows, Inner);
        MatrixView<float> y = Matrix(Rows, Inner);
        MatrixView<float> z = Matrix(Rows, Inner);
        MatrixView<float> table = Matrix(Document, 64);
        float* weight = Matrix(1, Inner).Data;
        float* result = Matrix(1, Inner).Data;
        float* r = Matrix(1, Rows).Data;
        int* ids = _ids.Data;
        for (int row = 0; row < Rows; row++)
        {
            ids[row] = row * 7 % Document;
        }

        const double Count = (double)Rows * Inner;
        Measure("RmsNorm", Count, 0, () => _kernels.RmsNorm(x, weight, 1e-5f, y, r));
        Measure("RmsNormBackward", Count, 0, () => _kernels.RmsNormBackward(y, x, weight, r, z, false, result));
        Measure("Rope", Count, 0, () => _kernels.Rope(x, 64, ids, table, false));
        Measure("SwiGlu", Count, 0, () => _kernels.SwiGlu(x, y, z));
        Measure("SwiGluBackward", Count, 0, () => _kernels.SwiGluBackward(z, x, y, z, y));
        Measure("Add", Count, 0, () => _kernels.Add(x, z));
        Measure("AddColumnSums", Count, 0, () => _kernels.AddColumnSums(x, result));
        Measure("GatherRows", Count, 0, () => _kernels.GatherRows(y, ids, z));
        Measure("ScatterAddRows", Count, 0, () => _kernels.ScatterAddRows(x, ids, z));
        MatrixView<float> moments = Matrix(Rows, Inner);
        AdamWStep step = new(1e-3, 0.9, 0.95, 1e-8, 0.1, 1, 10);
        Measure("AdamW", Count, 0, () => _kernels.AdamW(x.Data, y.Data, z.Data, moments.Data, (long)Count, step));
        Measure("SumOfSquares", Count, 0, () => _kernels.SumOfSquares(x.Data, (long)Count));
    }

    private void Losses()
    {
        MatrixView<float> logits = Matrix(Rows, Vocabulary);
        int* ids = _ids.Data;
        TokenStatistic* statistics = _statistics.Data;
        TokenStatistic* gradients = statistics + Rows;
        new Span<TokenStatistic>(gradients, Rows).Fill(new TokenStatistic(-1, 0, 0, 0));
        const double Count = (double)Rows * Vocabulary;
        Measure("TokenStatistics", Count, 0, () => _kernels.TokenStatistics(logits, ids, 1, statistics));
        Measure("TokenStatisticsBackward", Count, 0, () => _kernels.TokenStatisticsBackward(logits, ids, 1, statistics, gradients));
        Measure("Softmax", Count, 0, () => _kernels.Softmax(logits, 1));
    }

    private void Training()
    {
        MatrixView<float> queries = Matrix(Rows, Width);
        MatrixView<float> keys = Matrix(Rows, Width / 2);
        MatrixView<float> values = Matrix(Rows, Width / 2);
        MatrixView<float> output = Matrix(Rows, Width);
        MatrixView<float> dOutput = Matrix(Rows, Width);
        MatrixView<float> dQueries = Matrix(Rows, Width);
        MatrixView<float> dKeys = Matrix(Rows, Width / 2);
        MatrixView<float> dValues = Matrix(Rows, Width / 2);
        float* logSums = Matrix(Rows, 4).Data;
        AttentionSegment* segments = _segments.Data;
        int count = Rows / Document;
        for (int i = 0; i < count; i++)
        {
            segments[i] = new AttentionSegment
            {
                QueryStart = i * Document,
                QueryCount = Document,
                Layout = new KeyValueLayout(_shape, ElementType.F32, Document),
                Pages = Store(i, Document),
                KeyCount = Document,
            };
        }

        // Visible pairs only: 2 products of the head size forward, 5 backward.
        double pairs = (double)count * _shape.Heads * Document * (Document + 1) / 2;
        Measure("StoreKeysAndValues 16 × 512", (double)Rows * Width, 0, () => _kernels.StoreKeysAndValues(keys, values, segments, count));
        Measure("Attend 16 × 512", (double)Rows * Width, pairs * 2 * 2 * 64, () => _kernels.Attend(_shape, queries, segments, count, output, logSums));
        Measure(
            "AttendBackward 16 × 512",
            (double)Rows * Width,
            pairs * 5 * 2 * 64,
            () => _kernels.AttendBackward(_shape, queries, keys, values, output, logSums, segments, count, dOutput, dQueries, dKeys, dValues));
    }

    private void Decode(int sequences, int keyCount)
    {
        int capacity = (keyCount + 15) / 16 * 16;
        MatrixView<float> queries = Matrix(sequences, Width);
        MatrixView<float> output = Matrix(sequences, Width);
        AttentionSegment* segments = _segments.Data;
        for (int i = 0; i < sequences; i++)
        {
            segments[i] = new AttentionSegment
            {
                QueryStart = i,
                QueryCount = 1,
                Layout = new KeyValueLayout(_shape, ElementType.F32, capacity),
                Pages = Store(i, capacity),
                KeyCount = keyCount,
                VisibleOffset = keyCount - 1,
            };
        }

        double pairs = (double)sequences * _shape.Heads * keyCount;
        Measure(
            string.Create(CultureInfo.InvariantCulture, $"Attend decode {sequences} × {keyCount} keys"),
            sequences * Width,
            pairs * 2 * 2 * 64,
            () => _kernels.Attend(_shape, queries, segments, sequences, output, null));
    }

    /// <summary>One page of keys and values.</summary>
    private byte** Store(int segment, int positions)
    {
        _pages.Data[segment] = (nint)Matrix(positions, Width).Data;
        return (byte**)(_pages.Data + segment);
    }

    private MatrixView<float> Matrix(int rows, int columns)
    {
        AlignedBuffer<float> buffer = new((long)rows * columns);
        _memory.Add(buffer);
        for (long i = 0; i < buffer.Length; i++)
        {
            buffer.Data[i] = ((i * 37 % 101) - 50) / 50f;
        }

        return new MatrixView<float>(buffer.Data, rows, columns);
    }

    private void Measure(string operation, double elements, double flops, Action action)
    {
        string name = $"{_name} {operation} |";
        if (!name.Contains(_filter, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        double best = double.MaxValue;
        long begin = Stopwatch.GetTimestamp();
        for (int run = 0; run < MinimumRuns || Stopwatch.GetElapsedTime(begin).TotalSeconds < SecondsPerCell; run++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        string speed = flops > 0 ? (flops / best).ToString("F0", CultureInfo.InvariantCulture) : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {best / elements:F3} | {speed} |"));
    }
}
