using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <summary>Scaled dot-product attention with grouped queries. One kernel serves decoding, prefill and training, so their results agree bit for bit.</summary>
/// <remarks>Order: keys fall into ranges of <see cref="AttentionShape.KeyRange"/> by position. Within a range a score is one FMA chain over the head's
/// components, scaled by 1/sqrt(head size); the range's maximum m is exact; exponentials of score − m are summed to s by 16 interleaved lanes (lane = key index
/// mod 16) and one fixed tree; the weighted values o are one FMA chain over ascending keys. Ranges join from left to right: with the larger maximum M,
/// a = exp(m − M) and b = exp(m' − M), s becomes fma(s', b, s · a) and o likewise; the output is o / s + 0 (papers/00-cpu-kernels §6). Nothing depends on
/// pages, batch, tiles, threads or vector width. Stores of rounded numbers give the bits of an F32 store that holds what they decode to.</remarks>
/// <typeparam name="T">Element type.</typeparam>
public unsafe interface IAttentionKernels<T>
    where T : unmanaged
{
    /// <summary>Copies key and value rows into the stores of their sequences, rounded to the type of the store: row i of a segment becomes position KeyCount − QueryCount + i.</summary>
    /// <param name="keys">[rows, key/value heads · head size], after RoPE.</param>
    /// <param name="values">[rows, key/value heads · head size].</param>
    /// <param name="segments">Which rows belong to which sequence. All layouts have one shape.</param>
    /// <param name="segmentCount">Number of segments.</param>
    void StoreKeysAndValues(MatrixView<T> keys, MatrixView<T> values, AttentionSegment* segments, int segmentCount);

    /// <summary>Attention of all query rows of all segments.</summary>
    /// <param name="shape">Head layout.</param>
    /// <param name="queries">[rows, heads · head size], after RoPE.</param>
    /// <param name="segments">Which rows look at which keys; rows of different segments are disjoint.</param>
    /// <param name="segmentCount">Number of segments.</param>
    /// <param name="output">[rows, heads · head size].</param>
    /// <param name="logSumExp">[rows, heads], receives max + ln(sum) per row and head for the backward pass; or null.</param>
    void Attend(AttentionShape shape, MatrixView<T> queries, AttentionSegment* segments, int segmentCount, MatrixView<T> output, T* logSumExp);

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
        AttentionSegment* segments,
        int segmentCount,
        MatrixView<T> dOutput,
        MatrixView<T> dQueries,
        MatrixView<T> dKeys,
        MatrixView<T> dValues);
}
