using System.Diagnostics;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Benchmarks.Training;

/// <summary>Passes every call on and sums up where the time goes.</summary>
internal sealed unsafe class TimedKernels(IKernels<float> inner) : IKernels<float>
{
    private readonly SortedDictionary<string, (long Ticks, double Operations)> _phases = new(StringComparer.Ordinal);

    /// <summary>Ticks and floating-point operations per phase.</summary>
    public IReadOnlyDictionary<string, (long Ticks, double Operations)> Phases => _phases;

    public void Reset() => _phases.Clear();

    public void MultiplyTransposed(MatrixView<float> a, MatrixView<float> b, MatrixView<float> c, bool accumulate)
    {
        long start = Stopwatch.GetTimestamp();
        inner.MultiplyTransposed(a, b, c, accumulate);
        Add("matmul y = x·Wᵀ", start, 2.0 * a.Rows * a.Columns * b.Rows);
    }

    public void Multiply(MatrixView<float> a, MatrixView<float> b, MatrixView<float> c, bool accumulate)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Multiply(a, b, c, accumulate);
        Add("matmul dX = dY·W", start, 2.0 * a.Rows * a.Columns * b.Columns);
    }

    public void TransposedMultiply(MatrixView<float> a, MatrixView<float> b, MatrixView<float> c, bool accumulate)
    {
        long start = Stopwatch.GetTimestamp();
        inner.TransposedMultiply(a, b, c, accumulate);
        Add("matmul dW = dYᵀ·X", start, 2.0 * a.Rows * a.Columns * b.Columns);
    }

    public PackedMatrix<float> Pack(MatrixView<float> weight) => inner.Pack(weight);

    public PackedMatrix<float> AllocatePacked(int outputs, int inputs) => inner.AllocatePacked(outputs, inputs);

    public void PackRows(MatrixView<float> rows, int first, PackedMatrix<float> packed) => inner.PackRows(rows, first, packed);

    public void Repack(MatrixView<float> weight, PackedMatrix<float> packed)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Repack(weight, packed);
        Add("repack", start, 0);
    }

    public void MultiplyPacked(MatrixView<float> a, PackedMatrix<float> weight, float* bias, MatrixView<float> c)
    {
        long start = Stopwatch.GetTimestamp();
        inner.MultiplyPacked(a, weight, bias, c);
        Add("matmul y = x·Wᵀ", start, 2.0 * a.Rows * a.Columns * weight.Outputs);
    }

    public void RmsNorm(MatrixView<float> x, float* weight, float epsilon, MatrixView<float> y, float* inverseRms)
    {
        long start = Stopwatch.GetTimestamp();
        inner.RmsNorm(x, weight, epsilon, y, inverseRms);
        Add("norm", start, 0);
    }

    public void RmsNormBackward(MatrixView<float> dy, MatrixView<float> x, float* weight, float* inverseRms, MatrixView<float> dx, bool accumulate, float* dWeight)
    {
        long start = Stopwatch.GetTimestamp();
        inner.RmsNormBackward(dy, x, weight, inverseRms, dx, accumulate, dWeight);
        Add("norm backward", start, 0);
    }

    public void Rope(MatrixView<float> x, int headSize, int* positions, MatrixView<float> cosSin, bool inverse)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Rope(x, headSize, positions, cosSin, inverse);
        Add("rope", start, 0);
    }

    public void SwiGlu(MatrixView<float> gate, MatrixView<float> up, MatrixView<float> output)
    {
        long start = Stopwatch.GetTimestamp();
        inner.SwiGlu(gate, up, output);
        Add("swiglu", start, 0);
    }

    public void SwiGluBackward(MatrixView<float> dOutput, MatrixView<float> gate, MatrixView<float> up, MatrixView<float> dGate, MatrixView<float> dUp)
    {
        long start = Stopwatch.GetTimestamp();
        inner.SwiGluBackward(dOutput, gate, up, dGate, dUp);
        Add("swiglu backward", start, 0);
    }

    public void Add(MatrixView<float> source, MatrixView<float> target)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Add(source, target);
        Add("residual add", start, 0);
    }

    public void AddRow(float* bias, MatrixView<float> target) => inner.AddRow(bias, target);

    public void AddColumnSums(MatrixView<float> source, float* target) => inner.AddColumnSums(source, target);

    public void GatherRows(MatrixView<float> table, int* ids, MatrixView<float> target)
    {
        long start = Stopwatch.GetTimestamp();
        inner.GatherRows(table, ids, target);
        Add("gather and scatter", start, 0);
    }

    public void ScatterAddRows(MatrixView<float> source, int* ids, MatrixView<float> table)
    {
        long start = Stopwatch.GetTimestamp();
        inner.ScatterAddRows(source, ids, table);
        Add("gather and scatter", start, 0);
    }

    public void StoreKeysAndValues(MatrixView<float> keys, MatrixView<float> values, AttentionSegment* segments, int segmentCount)
    {
        long start = Stopwatch.GetTimestamp();
        inner.StoreKeysAndValues(keys, values, segments, segmentCount);
        Add("attention", start, 0);
    }

    public void Attend(AttentionShape shape, MatrixView<float> queries, AttentionSegment* segments, int segmentCount, MatrixView<float> output, float* logSumExp)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Attend(shape, queries, segments, segmentCount, output, logSumExp);
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
        inner.AttendBackward(shape, queries, keys, values, output, logSumExp, segments, segmentCount, dOutput, dQueries, dKeys, dValues);
        Add("attention backward", start, 10 * Pairs(shape, segments, segmentCount));
    }

    public void TokenStatistics(MatrixView<float> logits, int* targets, double inverseTemperature, TokenStatistic* statistics)
    {
        long start = Stopwatch.GetTimestamp();
        inner.TokenStatistics(logits, targets, inverseTemperature, statistics);
        Add("loss", start, 0);
    }

    public void TokenStatisticsBackward(MatrixView<float> logits, int* targets, double inverseTemperature, TokenStatistic* statistics, TokenStatistic* gradients)
    {
        long start = Stopwatch.GetTimestamp();
        inner.TokenStatisticsBackward(logits, targets, inverseTemperature, statistics, gradients);
        Add("loss", start, 0);
    }

    public void Softmax(MatrixView<float> logits, double inverseTemperature) => inner.Softmax(logits, inverseTemperature);

    public void AdamW(float* parameters, float* gradients, float* first, float* second, long count, in AdamWStep step)
    {
        long start = Stopwatch.GetTimestamp();
        inner.AdamW(parameters, gradients, first, second, count, step);
        Add("optimizer", start, 0);
    }

    public double SumOfSquares(float* values, long count)
    {
        long start = Stopwatch.GetTimestamp();
        double sum = inner.SumOfSquares(values, count);
        Add("optimizer", start, 0);
        return sum;
    }

    private static double Pairs(AttentionShape shape, AttentionSegment* segments, int count)
    {
        double pairs = 0;
        for (int i = 0; i < count; i++)
        {
            pairs += 0.5 * segments[i].QueryCount * (segments[i].KeyCount + 1.0);
        }

        return pairs * shape.QueryWidth;
    }

    private void Add(string phase, long start, double operations)
    {
        long ticks = Stopwatch.GetTimestamp() - start;
        _phases.TryGetValue(phase, out (long Ticks, double Operations) sum);
        _phases[phase] = (sum.Ticks + ticks, sum.Operations + operations);
    }
}
