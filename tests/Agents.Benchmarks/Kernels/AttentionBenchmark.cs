using System.Diagnostics;
using System.Globalization;
using Agents.Models;
using Agents.Models.Cache;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Benchmarks.Kernels;

/// <summary>
/// Attention over cached sequences at the shapes of published models: one token of all layers behind contexts of different lengths (bytes per second of the
/// cache that it reads), prompts (GFLOP/s of visible pairs), and both in one batch. The best of many runs per layer, summed, because the machine may be shared.
/// </summary>
internal sealed unsafe class AttentionBenchmark : IDisposable
{
    private const int MinimumRuns = 4;
    private const double SecondsPerCell = 0.3;

    private static readonly (string Name, LayerShape Layer, int Layers)[] Models =
    [
        ("qwen2.5-0.5b", new LayerShape(14, 2, 64, 1), 24),
        ("llama-3.2-1b", new LayerShape(32, 8, 64, 1), 16),
        ("one layer of qwen2.5-0.5b", new LayerShape(14, 2, 64, 1), 1),
    ];

    private readonly ComputePool _pool;
    private readonly SimdKernels _kernels;
    private readonly KvPagePool _pages;
    private readonly ModelShape _shape;
    private readonly AttentionShape _heads;
    private readonly string _name;
    private readonly string _filter;
    private readonly List<AlignedBuffer<float>> _memory = [];

    private AttentionBenchmark(string name, LayerShape layer, int layers, ElementType type, int threads, int page, string filter)
    {
        _pool = new ComputePool(new ComputePoolOptions { Threads = threads });
        _kernels = new SimdKernels(_pool);
        _shape = ModelShape.Uniform("llama", 16, layer.QueryWidth, layers, layer, 1 << 16);
        _heads = new AttentionShape(layer.Heads, layer.KeyValueHeads, layer.HeadSize);
        _pages = new KvPagePool(_shape, new KvCacheOptions { Type = type, PagePositions = page });
        _name = string.Create(CultureInfo.InvariantCulture, $"| {name} | {type} | {page} | {threads} |");
        _filter = filter;
    }

    /// <summary>Prints one table.</summary>
    public static int Run(string[] arguments)
    {
        string filter = arguments.Length > 0 ? arguments[0] : string.Empty;
        int[] pages = arguments.Length > 1 ? [.. arguments[1..].Select(text => int.Parse(text, CultureInfo.InvariantCulture))] : [new KvCacheOptions().PagePositions];
        Console.WriteLine("| model | store | page | threads | work | µs | GB/s | GFLOP/s |\n|---|---|---|---|---|---|---|---|");
        foreach ((string name, LayerShape layer, int layers) in Models)
        {
            foreach (ElementType type in new[] { ElementType.F32, ElementType.F16, ElementType.Q8_0 })
            {
                foreach (int threads in new[] { 1, 2 })
                {
                    foreach (int page in pages)
                    {
                        using AttentionBenchmark benchmark = new(name, layer, layers, type, threads, page, filter);
                        foreach (int context in new[] { 128, 512, 1024, 2048, 4096 })
                        {
                            benchmark.Measure($"decode {context}", (context, 1));
                        }

                        benchmark.Measure("decode 8 x 1024", [.. Enumerable.Repeat((1024, 1), 8)]);
                        benchmark.Measure("prefill 512", (0, 512));
                        benchmark.Measure("prefill 512 behind 1536", (1536, 512));
                        benchmark.Measure("prefill 256 + decode 8 x 1024", [(0, 256), .. Enumerable.Repeat((1024, 1), 8)]);
                    }
                }
            }
        }

        return 0;
    }

    public void Dispose()
    {
        _memory.ForEach(buffer => buffer.Dispose());
        _pages.Dispose();
        _kernels.Dispose();
        _pool.Dispose();
    }

    /// <summary>Stores and attends with some new rows behind some past positions, in all layers.</summary>
    private void Measure(string work, params (int Past, int Rows)[] parts)
    {
        string name = $"{_name} {work} |";
        if (!name.Contains(_filter, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        int rows = parts.Sum(part => part.Rows);
        MatrixView<float> queries = Matrix(rows, _heads.QueryWidth);
        MatrixView<float> output = Matrix(rows, _heads.QueryWidth);
        MatrixView<float> keys = Matrix(rows, _heads.KeyValueWidth);
        MatrixView<float> values = Matrix(rows, _heads.KeyValueWidth);
        KvSequence[] sequences = [.. parts.Select(part => Filled(part.Past, part.Rows))];
        using AlignedBuffer<AttentionSegment> segments = new(parts.Length);
        double[] layers = new double[_shape.Layers.Length];
        Array.Fill(layers, double.MaxValue);
        long begin = Stopwatch.GetTimestamp();
        for (int run = 0; run < MinimumRuns || Stopwatch.GetElapsedTime(begin).TotalSeconds < SecondsPerCell; run++)
        {
            for (int layer = 0; layer < layers.Length; layer++)
            {
                long start = Stopwatch.GetTimestamp();
                int row = 0;
                for (int i = 0; i < parts.Length; i++)
                {
                    segments.Data[i] = sequences[i].Segment(layer, row, parts[i].Rows);
                    row += parts[i].Rows;
                }

                _kernels.StoreKeysAndValues(keys, values, segments.Data, parts.Length);
                _kernels.Attend(_heads, queries, segments.Data, parts.Length, output, null);
                layers[layer] = Math.Min(layers[layer], Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        double best = layers.Sum();

        double pairs = parts.Sum(part => (part.Past * (double)part.Rows) + (part.Rows * (part.Rows + 1.0) / 2)) * _heads.Heads * _shape.Layers.Length;
        double bytes = parts.Sum(part => part.Past + part.Rows) * (double)_pages.PageBytes / _pages.PagePositions;
        Array.ForEach(sequences, sequence => sequence.Dispose());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name} {best:F1} | {bytes / best / 1000:F1} | {pairs * 4 * _heads.HeadSize / best / 1000:F0} |"));
    }

    private KvSequence Filled(int past, int rows)
    {
        KvSequence sequence = _pages.CreateSequence();
        sequence.Reserve(past + rows);
        MatrixView<float> keys = Matrix(Math.Max(past, 1), _heads.KeyValueWidth);
        for (int layer = 0; layer < _shape.Layers.Length && past > 0; layer++)
        {
            sequence.Store(_kernels, layer, keys, keys);
        }

        sequence.Advance(past);
        return sequence;
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
}
