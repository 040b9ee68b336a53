using System.Diagnostics;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;

namespace Agents.Benchmarks.Training;

/// <summary>Passes every call on and sums up where the time goes.</summary>
internal sealed unsafe class TimedKernels : IKernels<float>
{
    private readonly IKernels<float> _inner;
    private readonly SortedDictionary<string, (long Ticks, double Operations)> _phases = new(StringComparer.Ordinal);

    /// <summary>Ticks and floating-point operations per phase.</summary>
    public IReadOnlyDictionary<string, (long Ticks, double Operations)> Phases => _phases;

    public TimedKernels(IKernels<float> kernels)
    {
        _inner = kernels;
        Quantized = kernels.Quantized is { } quantized ? new TimedQuantizedKernels(quantized, this) : null;
    }

    public IQuantizedKernels? Quantized { get; }

    public void Reset() => _phases.Clear();

    public bool TryMultiplyByPacked(MatrixView<float> a, PackedMatrix<float> weight, MatrixView<float> c, bool accumulate)
    {
        long start = Stopwatch.GetTimestamp();
        bool done = _inner.TryMultiplyByPacked(a, weight, c, accumulate);
        Add("packed dX = dY·W", start, done ? 2.0 * a.Rows * a.Columns * c.Columns : 0);
        return done;
    }

    public bool TryMultiplyByStored(MatrixView<float> a, QuantizedMatrix weight, MatrixView<float> c, bool accumulate)
    {
        long start = Stopwatch.GetTimestamp();
        bool done = _inner.TryMultiplyByStored(a, weight, c, accumulate);
        Add("stored dX = dY·W", start, done ? 2.0 * a.Rows * a.Columns * c.Columns : 0);
        return done;
    }

    public void MultiplyTransposed(MatrixView<float> a, MatrixView<float> b, MatrixView<float> c, bool accumulate)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.MultiplyTransposed(a, b, c, accumulate);
        Add(IsNarrow(a.Columns, b.Rows) ? "adapter y = x·Wᵀ" : "matmul y = x·Wᵀ", start, 2.0 * a.Rows * a.Columns * b.Rows);
    }

    public void Multiply(MatrixView<float> a, MatrixView<float> b, MatrixView<float> c, bool accumulate)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.Multiply(a, b, c, accumulate);
        Add(IsNarrow(a.Columns, b.Columns) ? "adapter dX = dY·W" : "matmul dX = dY·W", start, 2.0 * a.Rows * a.Columns * b.Columns);
    }

    public void TransposedMultiply(MatrixView<float> a, MatrixView<float> b, MatrixView<float> c, bool accumulate)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.TransposedMultiply(a, b, c, accumulate);
        Add(IsNarrow(a.Columns, b.Columns) ? "adapter dW = dYᵀ·X" : "matmul dW = dYᵀ·X", start, 2.0 * a.Rows * a.Columns * b.Columns);
    }

    public PackedMatrix<float> Pack(MatrixView<float> weight) => _inner.Pack(weight);

    public PackedMatrix<float> AllocatePacked(int outputs, int inputs) => _inner.AllocatePacked(outputs, inputs);

    public void PackRows(MatrixView<float> rows, int first, PackedMatrix<float> packed) => _inner.PackRows(rows, first, packed);

    public void Repack(MatrixView<float> weight, PackedMatrix<float> packed)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.Repack(weight, packed);
        Add("repack", start, 0);
    }

    public void MultiplyPacked(MatrixView<float> a, PackedMatrix<float> weight, float* bias, MatrixView<float> c)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.MultiplyPacked(a, weight, bias, c);
        Add("matmul y = x·Wᵀ", start, 2.0 * a.Rows * a.Columns * weight.Outputs);
    }

    public void RmsNorm(MatrixView<float> x, float* weight, float epsilon, MatrixView<float> y, float* inverseRms)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.RmsNorm(x, weight, epsilon, y, inverseRms);
        Add("norm", start, 0);
    }

    public void RmsNormBackward(MatrixView<float> dy, MatrixView<float> x, float* weight, float* inverseRms, MatrixView<float> dx, bool accumulate, float* dWeight)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.RmsNormBackward(dy, x, weight, inverseRms, dx, accumulate, dWeight);
        Add("norm backward", start, 0);
    }

    public void Rope(MatrixView<float> x, int headSize, int* positions, MatrixView<float> cosSin, bool inverse)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.Rope(x, headSize, positions, cosSin, inverse);
        Add("rope", start, 0);
    }

    public void SwiGlu(MatrixView<float> gate, MatrixView<float> up, MatrixView<float> output)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.SwiGlu(gate, up, output);
        Add("swiglu", start, 0);
    }

    public void SwiGluBackward(MatrixView<float> dOutput, MatrixView<float> gate, MatrixView<float> up, MatrixView<float> dGate, MatrixView<float> dUp)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.SwiGluBackward(dOutput, gate, up, dGate, dUp);
        Add("swiglu backward", start, 0);
    }

    public void Add(MatrixView<float> source, MatrixView<float> target)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.Add(source, target);
        Add("residual add", start, 0);
    }

    public void AddRow(float* bias, MatrixView<float> target) => _inner.AddRow(bias, target);

    public void AddColumnSums(MatrixView<float> source, float* target) => _inner.AddColumnSums(source, target);

    public void GatherRows(MatrixView<float> table, int* ids, MatrixView<float> target)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.GatherRows(table, ids, target);
        Add("gather and scatter", start, 0);
    }

    public void ScatterAddRows(MatrixView<float> source, int* ids, MatrixView<float> table)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.ScatterAddRows(source, ids, table);
        Add("gather and scatter", start, 0);
    }

    public void StoreKeysAndValues(MatrixView<float> keys, MatrixView<float> values, AttentionSegment* segments, int segmentCount)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.StoreKeysAndValues(keys, values, segments, segmentCount);
        Add("attention", start, 0);
    }

    public void Attend(AttentionShape shape, MatrixView<float> queries, AttentionSegment* segments, int segmentCount, MatrixView<float> output, float* logSumExp)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.Attend(shape, queries, segments, segmentCount, output, logSumExp);
        Add("attention", start, 4 * Pairs(shape, segments, segmentCount));
    }

    public void AttendBackward(
        AttentionShape shape,
        MatrixView<float> queries,
        MatrixView<float> keys,
        MatrixView<float> values,
        MatrixView<float> output,
        float* logSumExp,
        AttentionSegment* segments,
        int segmentCount,
        MatrixView<float> dOutput,
        MatrixView<float> dQueries,
        MatrixView<float> dKeys,
        MatrixView<float> dValues)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.AttendBackward(shape, queries, keys, values, output, logSumExp, segments, segmentCount, dOutput, dQueries, dKeys, dValues);
        Add("attention backward", start, 10 * Pairs(shape, segments, segmentCount));
    }

    public void TokenStatistics(MatrixView<float> logits, int* targets, double inverseTemperature, TokenStatistic* statistics)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.TokenStatistics(logits, targets, inverseTemperature, statistics);
        Add("loss statistics", start, 0);
    }

    public void TokenStatisticsBackward(MatrixView<float> logits, int* targets, double inverseTemperature, TokenStatistic* statistics, TokenStatistic* gradients)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.TokenStatisticsBackward(logits, targets, inverseTemperature, statistics, gradients);
        Add("loss gradient", start, 0);
    }

    public void Softmax(MatrixView<float> logits, double inverseTemperature) => _inner.Softmax(logits, inverseTemperature);

    public void AdamW(float* parameters, float* gradients, float* first, float* second, long count, in AdamWStep step)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.AdamW(parameters, gradients, first, second, count, step);
        Add("optimizer", start, 0);
    }

    public double SumOfSquares(float* values, long count)
    {
        long start = Stopwatch.GetTimestamp();
        double sum = _inner.SumOfSquares(values, count);
        Add("optimizer", start, 0);
        return sum;
    }

    /// <summary>Products with the factors of an adapter are listed apart.</summary>
    private static bool IsNarrow(int first, int second) => Math.Min(first, second) <= 16;

    private static double Pairs(AttentionShape shape, AttentionSegment* segments, int count)
    {
        double pairs = 0;
        for (int i = 0; i < count; i++)
        {
            pairs += 0.5 * segments[i].QueryCount * (segments[i].KeyCount + 1.0);
        }

        return pairs * shape.QueryWidth;
    }

    /// <summary>Counts the time since a reading of the clock.</summary>
    internal void Add(string phase, long start, double operations)
    {
        long ticks = Stopwatch.GetTimestamp() - start;
        _phases.TryGetValue(phase, out (long Ticks, double Operations) sum);
        _phases[phase] = (sum.Ticks + ticks, sum.Operations + operations);
    }
}
