using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <content>Attention, one query row and head after the other.</content>
public sealed unsafe partial class ReferenceKernels<T>
{
    /// <inheritdoc/>
    public void StoreKeys(AttentionShape shape, MatrixView<T> keys, T* store, int capacity, int position)
    {
        for (int row = 0; row < keys.Rows; row++)
        {
            for (int column = 0; column < shape.KeyValueWidth; column++)
            {
                *StoredKey(shape, store, capacity, column / shape.HeadSize, position + row, column % shape.HeadSize) = keys.Row(row)[column];
            }
        }
    }

    /// <inheritdoc/>
    public void Attend(AttentionShape shape, MatrixView<T> queries, AttentionSegment<T>* segments, int segmentCount, MatrixView<T> output, T* logSumExp)
    {
        for (int index = 0; index < segmentCount; index++)
        {
            AttentionSegment<T>* segment = segments + index;
            for (int query = 0; query < segment->QueryCount; query++)
            {
                int row = segment->QueryStart + query;
                for (int head = 0; head < shape.Heads; head++)
                {
                    T logSum = AttendRow(shape, segment, query, head, queries.Row(row) + (head * shape.HeadSize), output.Row(row) + (head * shape.HeadSize));
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
        AttentionSegment<T>* segments,
        int segmentCount,
        MatrixView<T> dOutput,
        MatrixView<T> dQueries,
        MatrixView<T> dKeys,
        MatrixView<T> dValues)
    {
        for (int index = 0; index < segmentCount; index++)
        {
            AttentionSegment<T>* segment = segments + index;
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

    private static T* StoredKey(AttentionShape shape, T* store, int capacity, int head, int position, int component)
    {
        long block = ((long)head * (capacity / AttentionShape.KeyBlock)) + (position / AttentionShape.KeyBlock);
        return store + (((block * shape.HeadSize) + component) * AttentionShape.KeyBlock) + (position % AttentionShape.KeyBlock);
    }

    private static bool IsVisible(AttentionSegment<T>* segment, int query, int key) =>
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

    /// <summary>One query of one head; returns max + ln(sum), or minus infinity for a row that sees nothing. Scores are computed twice, so no workspace is needed.</summary>
    private static T AttendRow(AttentionShape shape, AttentionSegment<T>* segment, int query, int head, T* queryRow, T* output)
    {
        int shared = KeyValueHead(shape, head);
        T maximum = T.NegativeInfinity;
        for (int key = 0; key < segment->KeyCount; key++)
        {
            if (IsVisible(segment, query, key))
            {
                maximum = T.Max(maximum, Score(shape, segment, shared, key, queryRow));
            }
        }

        new Span<T>(output, shape.HeadSize).Clear();
        if (T.IsNegativeInfinity(maximum))
        {
            return maximum;
        }

        T* lanes = stackalloc T[Lanes];
        new Span<T>(lanes, Lanes).Clear();
        for (int key = 0; key < segment->KeyCount; key++)
        {
            if (IsVisible(segment, query, key))
            {
                T weight = T.Exp(Score(shape, segment, shared, key, queryRow) - maximum);
                T* value = segment->Values + (((long)key * shape.KeyValueWidth) + (shared * shape.HeadSize));
                lanes[key % Lanes] += weight;
                for (int component = 0; component < shape.HeadSize; component++)
                {
                    output[component] = T.FusedMultiplyAdd(weight, value[component], output[component]);
                }
            }
        }

        T sum = Fold(lanes);
        for (int component = 0; component < shape.HeadSize; component++)
        {
            // Adding zero turns -0 into +0, so a key of weight 0 leaves the same bits as a key that is not there.
            output[component] = (output[component] / sum) + T.Zero;
        }

        return maximum + T.Log(sum);
    }

    private static T Score(AttentionShape shape, AttentionSegment<T>* segment, int keyValueHead, int key, T* query)
    {
        T* stored = StoredKey(shape, segment->Keys, segment->Capacity, keyValueHead, key, 0);
        return Chain(T.Zero, query, 1, stored, AttentionShape.KeyBlock, shape.HeadSize) * Scale(shape);
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
