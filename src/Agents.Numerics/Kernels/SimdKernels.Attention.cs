using Agents.Numerics.Kernels.Attention;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <content>Attention: forward parallel over tiles of rows, backward over (segment, key/value head).</content>
public sealed unsafe partial class SimdKernels : IAttentionKernels<float>
{
    /// <inheritdoc/>
    public void StoreKeysAndValues(MatrixView<float> keys, MatrixView<float> values, AttentionSegment* segments, int segmentCount)
    {
        StoreKernel kernel = new() { Keys = keys, Values = values, Segments = segments, SegmentCount = segmentCount };
        int items = kernel.Plan();
        RunItems(kernel, items, (int)Math.Max(1, (long)ElementsPerChunk * items / Math.Max(1, 2L * keys.Rows * keys.Columns)));
    }

    /// <inheritdoc/>
    public void Attend(
        AttentionShape shape, MatrixView<float> queries, AttentionSegment* segments, int segmentCount, MatrixView<float> output, float* logSumExp)
    {
        AttendKernel kernel = new()
        {
            Shape = shape,
            Queries = queries,
            Segments = segments,
            SegmentCount = segmentCount,
            Output = output,
            LogSumExp = logSumExp,
            TilesPerItem = AttendKernel.ChooseTilesPerItem(shape, queries.Rows, _pool.Threads),
        };
        int items = kernel.Plan(out bool isSmall);
        RunItems(kernel, items, isSmall ? items : 1);
    }

    /// <inheritdoc/>
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
        AttendBackwardKernel kernel = new()
        {
            Shape = shape,
            Queries = queries,
            Keys = keys,
            Values = values,
            Output = output,
            LogSumExp = logSumExp,
            Segments = segments,
            DOutput = dOutput,
            DQueries = dQueries,
            DKeys = dKeys,
            DValues = dValues,
        };
        RunItems(kernel, checked(segmentCount * shape.KeyValueHeads), 1);
    }
}
