using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <summary>Scaled dot-product attention with grouped queries. One kernel serves decoding, prefill and training, so their results agree bit for bit.</summary>
/// <remarks>Order: a score is one FMA chain over the head's components, scaled by 1/sqrt(head size); the row maximum is exact; exponentials are summed by
/// 16 interleaved lanes (lane = key index mod 16) and one fixed tree; the output is one FMA chain over ascending keys, divided by the sum at the end.</remarks>
/// <typeparam name="T">Element type.</typeparam>
public unsafe interface IAttentionKernels<T>
    where T : unmanaged
{
    /// <summary>Copies key rows into the transposed store of a sequence.</summary>
    /// <param name="shape">Head layout.</param>
    /// <param name="keys">[count, key/value heads · head size], after RoPE.</param>
    /// <param name="store">[key/value head, capacity / 16, head size, 16].</param>
    /// <param name="capacity">Positions in the store; a multiple of 16.</param>
    /// <param name="position">Position of the first row.</param>
    void StoreKeys(AttentionShape shape, MatrixView<T> keys, T* store, int capacity, int position);

    /// <summary>Attention of all query rows of all segments.</summary>
    /// <param name="shape">Head layout.</param>
    /// <param name="queries">[rows, heads · head size], after RoPE.</param>
    /// <param name="segments">Which rows look at which keys; rows of different segments are disjoint.</param>
    /// <param name="segmentCount">Number of segments.</param>
    /// <param name="output">[rows, heads · head size].</param>
    /// <param name="logSumExp">[rows, heads], receives max + ln(sum) per row and head for the backward pass; or null.</param>
    void Attend(AttentionShape shape, MatrixView<T> queries, AttentionSegment<T>* segments, int segmentCount, MatrixView<T> output, T* logSumExp);

    /// <summary>Gradient of <see cref="Attend"/> for segments whose keys and values are rows of the same batch (training). Probabilities are recomputed from <paramref name="logSumExp"/>.</summary>
    /// <param name="shape">Head layout.</param>
    /// <param name="queries">[rows, heads · head size].</param>
    /// <param name="keys">[rows, key/value heads · head size], row-major as produced by RoPE; key u of a segment is row QueryStart + u.</param>
    /// <param name="values">[rows, key/value heads · head size].</param>
    /// <param name="output">[rows, heads · head size] of the forward pass.</param>
    /// <param name="logSumExp">[rows, heads] of the forward pass.</param>
    /// <param name="segments">The segments of the forward pass; KeyCount = QueryCount and VisibleOffset = 0, or a mask.</param>
    /// <param name="segmentCount">Number of segments.</param>
    /// <param name="dOutput">[rows, heads · head size].</param>
    /// <param name="dQueries">[rows, heads · head size], overwritten.</param>
    /// <param name="dKeys">[rows, key/value heads · head size], overwritten.</param>
    /// <param name="dValues">[rows, key/value heads · head size], overwritten.</param>
    void AttendBackward(
        AttentionShape shape,
        MatrixView<T> queries,
        MatrixView<T> keys,
        MatrixView<T> values,
        MatrixView<T> output,
        T* logSumExp,
        AttentionSegment<T>* segments,
        int segmentCount,
        MatrixView<T> dOutput,
        MatrixView<T> dQueries,
        MatrixView<T> dKeys,
        MatrixView<T> dValues);
}
