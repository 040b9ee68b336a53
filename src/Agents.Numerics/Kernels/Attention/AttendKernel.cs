using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>
/// Attention forward. An item is a tile of up to 16 rows (query, head) of one segment that share a key/value head, so keys and values are read once for
/// the whole group. All scores of a tile are kept, which makes the row maximum exact and every sum independent of the tile.
/// </summary>
internal unsafe struct AttendKernel : ILaneKernel
{
    /// <summary>Rows (query, head) of a tile.</summary>
    public const int TileRows = 16;

    private const int KeysPerPass = 64;
    private const int BlocksPerPass = 4;

    public AttentionShape Shape;
    public MatrixView<float> Queries;
    public AttentionSegment<float>* Segments;
    public int SegmentCount;
    public MatrixView<float> Output;
    public float* LogSumExp;

    /// <summary>First item of each segment and the total, [segments + 1].</summary>
    public int* FirstItems;

    private readonly int Group => Shape.Heads / Shape.KeyValueHeads;

    /// <summary>Fills <see cref="FirstItems"/> and returns the number of items.</summary>
    public readonly int Plan()
    {
        int items = 0;
        for (int segment = 0; segment < SegmentCount; segment++)
        {
            FirstItems[segment] = items;
            items = checked(items + (Shape.KeyValueHeads * TilesOf(Segments + segment)));
        }

        FirstItems[SegmentCount] = items;
        return items;
    }

    /// <inheritdoc/>
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int item = first; item < first + count; item++)
        {
            int segment = SegmentOf(item);
            int tiles = TilesOf(Segments + segment);
            int local = item - FirstItems[segment];

            // Late tiles see the most keys: they go first, so that no thread starts a long one at the end.
            Attend<TLanes>(Segments + segment, local / tiles, tiles - 1 - (local % tiles));
        }
    }

    /// <summary>Number of keys that a query of a segment may see; all of them under a mask.</summary>
    public static int VisibleKeys(AttentionSegment<float>* segment, int query) =>
        segment->Mask != null ? segment->KeyCount : (int)Math.Clamp((long)query + segment->VisibleOffset + 1, 0, segment->KeyCount);

    /// <summary>Gives −∞ to the scores that a query must not see, up to the end of its last block.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="query">Query of the segment.</param>
    /// <param name="scores">Scores of the query for the keys from <paramref name="firstKey"/> on.</param>
    /// <param name="firstKey">A multiple of 16.</param>
    /// <param name="endKey">End of the scores, a multiple of 16.</param>
    public static void Hide(AttentionSegment<float>* segment, int query, float* scores, int firstKey, int endKey)
    {
        int visible = VisibleKeys(segment, query);
        for (int key = Math.Max(visible, firstKey); key < endKey; key++)
        {
            scores[key - firstKey] = float.NegativeInfinity;
        }

        if (segment->Mask != null)
        {
            byte* mask = segment->Mask + ((long)query * segment->KeyCount);
            for (int key = firstKey; key < Math.Min(endKey, visible); key++)
            {
                if (mask[key] == 0)
                {
                    scores[key - firstKey] = float.NegativeInfinity;
                }
            }
        }
    }

    private readonly int TilesOf(AttentionSegment<float>* segment) => (int)((((long)segment->QueryCount * Group) + TileRows - 1) / TileRows);

    private readonly int SegmentOf(int item)
    {
        int low = 0;
        int high = SegmentCount - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = FirstItems[middle] <= item ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Attend<TLanes>(AttentionSegment<float>* segment, int keyValueHead, int tile)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int size = Shape.HeadSize;
        int firstRow = tile * TileRows;
        int rows = Math.Min(TileRows, (segment->QueryCount * Group) - firstRow);
        int evenRows = (rows + 1) & ~1;
        int maximumKeys = VisibleKeys(segment, (firstRow + rows - 1) / Group);

        // One more block than needed, so that the rows of a tile do not fall on the same cache sets.
        int stride = ((maximumKeys + 15) & ~15) + 16;
        float* queries = ThreadWorkspace.Current.Tiles((2L * TileRows * size) + ((long)evenRows * stride));
        float* outputs = queries + (TileRows * size);
        float* scores = outputs + (TileRows * size);
        new Span<float>(outputs, TileRows * size).Clear();
        new Span<float>(queries, TileRows * size).Clear();
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlock(queries + (row * size), RowOf(Queries, segment, keyValueHead, firstRow + row), (uint)(size * sizeof(float)));
        }

        Score<TLanes>(segment, keyValueHead, firstRow, rows, maximumKeys, queries, scores, stride);
        float* sums = stackalloc float[TileRows];
        for (int row = 0; row < rows; row++)
        {
            int query = (firstRow + row) / Group;
            int end = (VisibleKeys(segment, query) + 15) & ~15;
            Hide(segment, query, scores + (row * stride), 0, end);
            float maximum = Exponentiate<TLanes>(scores + (row * stride), end, out sums[row]);
            if (LogSumExp != null)
            {
                long at = ((long)(segment->QueryStart + query) * Shape.Heads) + HeadOf(keyValueHead, firstRow + row);
                LogSumExp[at] = float.IsNegativeInfinity(maximum) ? maximum : maximum + MathF.Log(sums[row]);
            }
        }

        float* values = segment->Values + (keyValueHead * size);
        SumValues<TLanes>(segment, firstRow, rows, maximumKeys, scores, stride, values, outputs);
        for (int row = 0; row < rows; row++)
        {
            float* output = RowOf(Output, segment, keyValueHead, firstRow + row);
            Divide<TLanes>(outputs + (row * size), sums[row], output, size);
        }
    }

    private readonly int HeadOf(int keyValueHead, int row) => (keyValueHead * Group) + (row % Group);

    private readonly float* RowOf(MatrixView<float> view, AttentionSegment<float>* segment, int keyValueHead, int row) =>
        view.Row(segment->QueryStart + (row / Group)) + (HeadOf(keyValueHead, row) * Shape.HeadSize);

    /// <summary>Scores four blocks at a time, so that these keys serve all rows while they are in the first cache.</summary>
    private readonly void Score<TLanes>(
        AttentionSegment<float>* segment, int keyValueHead, int firstRow, int rows, int maximumKeys, float* queries, float* scores, int stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int size = Shape.HeadSize;
        float scale = 1f / MathF.Sqrt(size);
        float* keys = segment->Keys + ((long)keyValueHead * segment->Capacity * size);
        int step = rows > 4 ? BlocksPerPass : int.MaxValue / 2;
        int blocks = (maximumKeys + 15) / 16;
        for (int block = 0; block < blocks; block += step)
        {
            for (int row = 0; row < rows; row += 4)
            {
                int part = Math.Min(4, rows - row);
                int needed = (VisibleKeys(segment, (firstRow + row + part - 1) / Group) + 15) / 16;
                int count = Math.Min(step, needed - block);
                if (count > 0)
                {
                    ScoreTile.Compute<TLanes>(
                        queries + (row * size), (part + 1) & ~1, keys + ((long)block * size * 16), count, size, scale, scores + (row * stride) + (block * 16), stride);
                }
            }
        }
    }

    /// <summary>Replaces scores by exponentials; returns the row maximum, or −∞ if nothing is visible (then all weights are 0).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Exponentiate<TLanes>(float* scores, int count, out float sum)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes largest = TLanes.Broadcast(float.NegativeInfinity);
        for (int key = 0; key < count; key += 16)
        {
            largest = TLanes.Max(largest, TLanes.Load(scores + key));
        }

        float maximum = TLanes.Largest(largest);
        if (float.IsNegativeInfinity(maximum))
        {
            new Span<float>(scores, count).Clear();
            sum = 0;
            return maximum;
        }

        TLanes shift = TLanes.Broadcast(maximum);
        TLanes lanes = TLanes.Broadcast(0);
        for (int key = 0; key < count; key += 16)
        {
            TLanes weight = Exponential.Of(TLanes.Load(scores + key) - shift);
            TLanes.Store(weight, scores + key);
            lanes += weight;
        }

        sum = TLanes.Fold(lanes);
        return maximum;
    }

    /// <summary>Weighted values: first the keys that four rows share, then what single rows see beyond.</summary>
    private readonly void SumValues<TLanes>(
        AttentionSegment<float>* segment, int firstRow, int rows, int maximumKeys, float* scores, int stride, float* values, float* outputs)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int size = Shape.HeadSize;
        int width = Shape.KeyValueWidth;
        int step = rows > 4 ? KeysPerPass : int.MaxValue / 2;
        for (int key = 0; key < maximumKeys; key += step)
        {
            for (int row = 0; row < rows; row += 4)
            {
                int shared = VisibleKeys(segment, (firstRow + row) / Group);
                int count = Math.Min(step, shared - key);
                if (count > 0)
                {
                    int part = Math.Min(4, rows - row);
                    TileWeights weights = new(scores + (row * stride) + key, stride, 1);
                    WeightedSumTile.Add<TLanes>(
                        outputs + (row * size), size, (part + 1) & ~1, weights, values + ((long)key * width), width, count, size);
                }
            }
        }

        for (int row = 0; row < rows; row++)
        {
            int shared = VisibleKeys(segment, (firstRow + (row & ~3)) / Group);
            int beyond = VisibleKeys(segment, (firstRow + row) / Group) - shared;
            if (beyond > 0)
            {
                TileWeights weights = new(scores + (row * stride) + shared, stride, 1);
                WeightedSumTile.Add<TLanes>(outputs + (row * size), size, 1, weights, values + ((long)shared * width), width, beyond, size);
            }
        }
    }

    private static void Divide<TLanes>(float* source, float sum, float* target, int size)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        if (sum == 0)
        {
            new Span<float>(target, size).Clear();
            return;
        }

        // Adding zero turns -0 into +0, so a key of weight 0 leaves the same bits as a key that is not there.
        int c = 0;
        TLanes divisor = TLanes.Broadcast(sum);
        for (; c + 16 <= size; c += 16)
        {
            TLanes.Store((TLanes.Load(source + c) / divisor) + TLanes.Broadcast(0f), target + c);
        }

        for (; c < size; c++)
        {
            target[c] = (source[c] / sum) + 0f;
        }
    }
}
