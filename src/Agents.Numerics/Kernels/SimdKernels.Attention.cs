using Agents.Numerics.Kernels.Attention;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <content>Attention: forward parallel over tiles of rows, backward over (segment, key/value head).</content>
public sealed unsafe partial class SimdKernels : IAttentionKernels<float>
{
    /// <inheritdoc/>
    public void StoreKeys(AttentionShape shape, MatrixView<float> keys, float* store, int capacity, int position)
    {
        StoreKeysKernel kernel = new() { Shape = shape, Keys = keys, Store = store, Capacity = capacity, Position = position };
        RunItems(kernel, shape.KeyValueHeads, Math.Max(1, ElementsPerChunk / Math.Max(1, keys.Rows * shape.HeadSize)));
    }

    /// <inheritdoc/>
    public void Attend(
        AttentionShape shape, MatrixView<float> queries, AttentionSegment<float>* segments, int segmentCount, MatrixView<float> output, float* logSumExp)
    {
        AttendKernel kernel = new()
        {
            Shape = shape,
            Queries = queries,
            Segments = segments,
            SegmentCount = segmentCount,
            Output = output,
            LogSumExp = logSumExp,
            FirstItems = ThreadWorkspace.Current.Plan<int>((long)segmentCount + 1),
        };
        RunItems(kernel, kernel.Plan(), 1);
    }

    /// <inheritdoc/>
    public void AttendBackward(
        AttentionShape shape,
        MatrixView<float> queries,
        MatrixView<float> keys,
        MatrixView<float> values,
        MatrixView<float> output,
        float* logSumExp,
        AttentionSegment<float>* segments,
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
