using Agents.Numerics.Kernels.Attention;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <content>Attention, one query row and head after the other.</content>
public sealed unsafe partial class ReferenceKernels<T>
{
    /// <inheritdoc/>
    public void StoreKeysAndValues(MatrixView<T> keys, MatrixView<T> values, AttentionSegment* segments, int segmentCount)
    {
        for (int index = 0; index < segmentCount; index++)
        {
            AttentionSegment* segment = segments + index;
            for (int query = 0; query < segment->QueryCount; query++)
            {
                int row = segment->QueryStart + query;
                ReferenceStore<T>.Write(segment, segment->KeyCount - segment->QueryCount + query, keys.Row(row), values.Row(row));
            }
        }
    }

    /// <inheritdoc/>
    public void Attend(AttentionShape shape, MatrixView<T> queries, AttentionSegment* segments, int segmentCount, MatrixView<T> output, T* logSumExp)
    {
        T* range = stackalloc T[shape.HeadSize];
        for (int index = 0; index < segmentCount; index++)
        {
            AttentionSegment* segment = segments + index;
            for (int query = 0; query < segment->QueryCount; query++)
            {
                int row = segment->QueryStart + query;
                for (int head = 0; head < shape.Heads; head++)
                {
                    T logSum = AttendRow(
                        shape, segment, query, head, queries.Row(row) + (head * shape.HeadSize), output.Row(row) + (head * shape.HeadSize), range);
                    if (logSumExp != null)
                    {
                        logSumExp[((long)row * shape.Heads) + head] = logSum;
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public void AttendBackward(
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
        MatrixView<T> dValues)
    {
        for (int index = 0; index < segmentCount; index++)
        {
            AttentionSegment* segment = segments + index;
            int start = segment->QueryStart;
            Clear(dQueries.RowRange(start, segment->QueryCount));
            Clear(dKeys.RowRange(start, segment->KeyCount));
            Clear(dValues.RowRange(start, segment->KeyCount));
            for (int head = 0; head < shape.Heads; head++)
            {
                int first = head * shape.HeadSize;
                int shared = KeyValueHead(shape, head) * shape.HeadSize;
                for (int query = 0; query < segment->QueryCount; query++)
                {
                    int row = start + query;
                    T logSum = logSumExp[((long)row * shape.Heads) + head];
                    T weighted = Chain(T.Zero, dOutput.Row(row) + first, 1, output.Row(row) + first, 1, shape.HeadSize);
                    for (int key = 0; key < segment->KeyCount; key++)
                    {
                        if (IsVisible(segment, query, key))
                        {
                            AttendBackwardPair(
                                shape,
                                queries.Row(row) + first,
                                keys.Row(start + key) + shared,
                                values.Row(start + key) + shared,
                                logSum,
                                weighted,
                                dOutput.Row(row) + first,
                                dQueries.Row(row) + first,
                                dKeys.Row(start + key) + shared,
                                dValues.Row(start + key) + shared);
                        }
                    }
                }
            }
        }
    }

    private static int KeyValueHead(AttentionShape shape, int head) => head / (shape.Heads / shape.KeyValueHeads);

    private static T Scale(AttentionShape shape) => T.One / T.Sqrt(T.CreateTruncating(shape.HeadSize));

    private static bool IsVisible(AttentionSegment* segment, int query, int key) =>
        segment->Mask == null
            ? key <= query + segment->VisibleOffset
            : segment->Mask[((long)query * segment->KeyCount) + key] != 0;

    private static void Clear(MatrixView<T> view)
    {
        for (int row = 0; row < view.Rows; row++)
        {
            new Span<T>(view.Row(row), view.Columns).Clear();
        }
    }

    /// <summary>One query of one head; returns max + ln(sum), or minus infinity for a row that sees nothing.</summary>
    private static T AttendRow(AttentionShape shape, AttentionSegment* segment, int query, int head, T* queryRow, T* output, T* range)
    {
        T maximum = T.NegativeInfinity;
        T sum = T.Zero;
        new Span<T>(output, shape.HeadSize).Clear();
        for (int first = 0; first < segment->KeyCount; first += AttentionShape.KeyRange)
        {
            T rangeMaximum = AttendRange(shape, segment, query, head, first, queryRow, range, out T rangeSum);
            T joined = T.Max(maximum, rangeMaximum);
            if (T.IsNegativeInfinity(joined))
            {
                continue;
            }

            T old = T.Exp(maximum - joined);
            T added = T.Exp(rangeMaximum - joined);
            sum = T.FusedMultiplyAdd(rangeSum, added, sum * old);
            for (int component = 0; component < shape.HeadSize; component++)
            {
                output[component] = T.FusedMultiplyAdd(range[component], added, output[component] * old);
            }

            maximum = joined;
        }

        if (T.IsNegativeInfinity(maximum))
        {
            return maximum;
        }

        for (int component = 0; component < shape.HeadSize; component++)
        {
            // Adding zero turns -0 into +0, so a key of weight 0 leaves the same bits as a key that is not there.
            output[component] = (output[component] / sum) + T.Zero;
        }

        return maximum + T.Log(sum);
    }

    /// <summary>One query against the keys of one range; returns their maximum. Scores are computed twice, so no workspace is needed.</summary>
    private static T AttendRange(AttentionShape shape, AttentionSegment* segment, int query, int head, int first, T* queryRow, T* output, out T sum)
    {
        int shared = KeyValueHead(shape, head);
        int end = Math.Min(segment->KeyCount, first + AttentionShape.KeyRange);
        T maximum = T.NegativeInfinity;
        for (int key = first; key < end; key++)
        {
            if (IsVisible(segment, query, key))
            {
                maximum = T.Max(maximum, Score(shape, segment, shared, key, queryRow));
            }
        }

        T* lanes = stackalloc T[Lanes];
        new Span<T>(lanes, Lanes).Clear();
        new Span<T>(output, shape.HeadSize).Clear();
        for (int key = first; key < end; key++)
        {
            if (IsVisible(segment, query, key))
            {
                T weight = T.Exp(Score(shape, segment, shared, key, queryRow) - maximum);
                lanes[key % Lanes] += weight;
                for (int component = 0; component < shape.HeadSize; component++)
                {
                    output[component] = T.FusedMultiplyAdd(weight, ReferenceStore<T>.Value(segment, shared, key, component), output[component]);
                }
            }
        }

        sum = Fold(lanes);
        return maximum;
    }

    private static T Score(AttentionShape shape, AttentionSegment* segment, int keyValueHead, int key, T* query)
    {
        T sum = T.Zero;
        for (int component = 0; component < shape.HeadSize; component++)
        {
            sum = T.FusedMultiplyAdd(query[component], ReferenceStore<T>.Key(segment, keyValueHead, key, component), sum);
        }

        return sum * Scale(shape);
    }

    /// <summary>What one query and one visible key give each other (papers/00-model-architecture §5).</summary>
    private static void AttendBackwardPair(
        AttentionShape shape, T* query, T* key, T* value, T logSum, T weighted, T* dOutput, T* dQuery, T* dKey, T* dValue)
    {
        T scale = Scale(shape);
        T probability = T.Exp((Chain(T.Zero, query, 1, key, 1, shape.HeadSize) * scale) - logSum);
        T dProbability = Chain(T.Zero, dOutput, 1, value, 1, shape.HeadSize);
        T dScore = probability * (dProbability - weighted) * scale;
        for (int component = 0; component < shape.HeadSize; component++)
        {
            dValue[component] = T.FusedMultiplyAdd(probability, dOutput[component], dValue[component]);
            dQuery[component] = T.FusedMultiplyAdd(dScore, key[component], dQuery[component]);
            dKey[component] = T.FusedMultiplyAdd(dScore, query[component], dKey[component]);
        }
    }
}
