using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>
/// Attention forward. An item is one or some tiles of up to 16 rows (query, head) of one segment that share a key/value head, so keys and values are read once
/// for the whole group. When a segment has one tile per head (decoding), each range of its keys is an item of its own, and whichever part ends last joins them all:
/// the same sums in the same order as one item would make.
/// </summary>
internal unsafe struct AttendKernel : ILaneKernel
{
    private const int MaximumTilesPerItem = 4;
    private const int ItemsPerThread = 8;

    // Components of queries times keys: about two microseconds, a few hand-overs to another thread.
    private const long ComponentsToShare = 1 << 16;

    public AttentionShape Shape;
    public MatrixView<float> Queries;
    public AttentionSegment* Segments;
    public int SegmentCount;
    public MatrixView<float> Output;
    public float* LogSumExp;

    /// <summary>Tiles of one segment and head that an item takes one after the other, so that they share what is widened or was brought into the second cache.</summary>
    public int TilesPerItem;

    private SegmentItems* _items;
    private int* _finished;
    private float* _partials;

    private readonly int Group => Shape.Heads / Shape.KeyValueHeads;

    /// <summary>As many tiles per item as leave every thread several items to balance.</summary>
    /// <param name="shape">Head layout.</param>
    /// <param name="rows">Query rows of the batch.</param>
    /// <param name="threads">Threads of the pool.</param>
    public static int ChooseTilesPerItem(AttentionShape shape, int rows, int threads) =>
        (int)Math.Clamp((long)rows * shape.Heads / AttentionTile.MaximumRows / (ItemsPerThread * threads), 1, MaximumTilesPerItem);

    /// <summary>Lays the items out; returns their number.</summary>
    /// <param name="isSmall">Receives whether one thread ends sooner than several could share the work.</param>
    public int Plan(out bool isSmall)
    {
        SegmentItems total = default;
        long components = 0;
        for (int segment = 0; segment < SegmentCount; segment++)
        {
            total = Next(Segments + segment, total);
            components += (long)Segments[segment].QueryCount * Segments[segment].KeyCount * Shape.QueryWidth;
        }

        isSmall = components < ComponentsToShare;

        long counters = (long)SegmentCount * sizeof(SegmentItems);
        long partials = (counters + ((long)total.FirstCounter * sizeof(int)) + 63) & ~63L;
        byte* memory = ThreadWorkspace.Current.Plan<byte>(partials + (total.FirstPartial * sizeof(float)));
        _items = (SegmentItems*)memory;
        _finished = (int*)(memory + counters);
        _partials = (float*)(memory + partials);
        new Span<int>(_finished, total.FirstCounter).Clear();
        SegmentItems at = default;
        for (int segment = 0; segment < SegmentCount; segment++)
        {
            SegmentItems next = Next(Segments + segment, at);
            _items[segment] = at;
            _items[segment].Parts = next.Parts;
            at = next;
        }

        return total.First;
    }

    /// <inheritdoc/>
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int item = first; item < first + count; item++)
        {
            int index = SegmentItems.Find(_items, SegmentCount, item);
            ref readonly SegmentItems items = ref _items[index];
            int local = item - items.First;
            if (items.Parts > 1)
            {
                AttendPart<TLanes>(Segments + index, items, local / items.Parts, local % items.Parts);
                continue;
            }

            // Late tiles see the most keys: they go first, so that no thread starts a long one at the end.
            int tiles = TilesOf(Segments + index);
            int groups = GroupsOf(tiles);
            int firstTile = (groups - 1 - (local % groups)) * TilesPerItem;
            AttendAll<TLanes>(Segments + index, local / groups, firstTile, Math.Min(TilesPerItem, tiles - firstTile));
        }
    }

    /// <summary>Where the items of the following segment start; its parts are those of this segment.</summary>
    private readonly SegmentItems Next(AttentionSegment* segment, SegmentItems at)
    {
        int tiles = TilesOf(segment);
        int visible = segment->QueryCount == 0 ? 0 : segment->VisibleKeys(segment->QueryCount - 1);
        int ranges = (visible + AttentionShape.KeyRange - 1) / AttentionShape.KeyRange;
        int parts = tiles == 1 && ranges > 1 ? ranges : 1;
        int counters = parts > 1 ? Shape.KeyValueHeads : 0;
        return new SegmentItems
        {
            First = checked(at.First + (Shape.KeyValueHeads * GroupsOf(tiles) * parts)),
            Parts = parts,
            FirstCounter = at.FirstCounter + counters,
            FirstPartial = at.FirstPartial + ((long)counters * parts * RowSums.Length(Shape.HeadSize)),
        };
    }

    private readonly int GroupsOf(int tiles) => (tiles + TilesPerItem - 1) / TilesPerItem;

    private readonly int TilesOf(AttentionSegment* segment) =>
        (int)((((long)segment->QueryCount * Group) + AttentionTile.MaximumRows - 1) / AttentionTile.MaximumRows);

    /// <summary>Some tiles that follow each other against all their keys.</summary>
    private readonly void AttendAll<TLanes>(AttentionSegment* segment, int keyValueHead, int firstTile, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int size = Shape.HeadSize;
        bool several = count > 1;
        long sumLength = RowSums.Length(size);
        long queryLength = AttentionTile.MaximumRows * size;
        long rangeLength = StoredRange.Length(size, several);
        float* scores = ThreadWorkspace.Current.Tiles(AttentionTile.ScoreLength + rangeLength + sumLength + (count * (queryLength + sumLength)));
        float* stored = scores + AttentionTile.ScoreLength;
        RowSums partial = new(stored + rangeLength, size);
        float* tiles = stored + rangeLength + sumLength;
        for (int index = 0; index < count; index++)
        {
            TileAt(segment, keyValueHead, firstTile + index, tiles + (index * (queryLength + sumLength))).LoadQueries(Queries);
        }

        int visible = TileAt(segment, keyValueHead, firstTile + count - 1, tiles).VisibleKeys;
        for (int first = 0; first == 0 || first < visible; first += AttentionShape.KeyRange)
        {
            StoredRange range = new(segment, keyValueHead, first, several, stored);
            range.Prepare<TLanes>(Math.Min(visible - first, AttentionShape.KeyRange));
            for (int index = 0; index < count; index++)
            {
                float* memory = tiles + (index * (queryLength + sumLength));
                AttentionTile tile = TileAt(segment, keyValueHead, firstTile + index, memory);
                RowSums all = new(memory + queryLength, size);
                if (first == 0)
                {
                    tile.Attend<TLanes>(range, scores, all);
                }
                else if (first < tile.VisibleKeys)
                {
                    tile.Attend<TLanes>(range, scores, partial);
                    all.Join<TLanes>(partial, tile.Rows);
                }
            }
        }

        for (int index = 0; index < count; index++)
        {
            float* memory = tiles + (index * (queryLength + sumLength));
            Finish<TLanes>(TileAt(segment, keyValueHead, firstTile + index, memory), new RowSums(memory + queryLength, size));
        }
    }

    private readonly AttentionTile TileAt(AttentionSegment* segment, int keyValueHead, int index, float* queries) =>
        new(segment, keyValueHead, index * AttentionTile.MaximumRows, Group, Shape.HeadSize, queries);

    /// <summary>A tile against one range of keys; the last part to end joins them.</summary>
    private readonly void AttendPart<TLanes>(AttentionSegment* segment, in SegmentItems items, int keyValueHead, int part)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int size = Shape.HeadSize;
        long sumLength = RowSums.Length(size);
        long rangeLength = StoredRange.Length(size, false);
        float* partials = _partials + items.FirstPartial + (keyValueHead * items.Parts * sumLength);
        float* scores = ThreadWorkspace.Current.Tiles(AttentionTile.ScoreLength + rangeLength + (AttentionTile.MaximumRows * size));
        float* stored = scores + AttentionTile.ScoreLength;
        AttentionTile tile = TileAt(segment, keyValueHead, 0, stored + rangeLength);
        tile.LoadQueries(Queries);
        StoredRange range = new(segment, keyValueHead, part * AttentionShape.KeyRange, false, stored);
        tile.Attend<TLanes>(range, scores, new RowSums(partials + (part * sumLength), size));

        // The increment is a full fence: whoever counts the last part sees the results of all.
        if (Interlocked.Increment(ref _finished[items.FirstCounter + keyValueHead]) != items.Parts)
        {
            return;
        }

        RowSums all = new(partials, size);
        for (int other = 1; other < items.Parts; other++)
        {
            all.Join<TLanes>(new RowSums(partials + (other * sumLength), size), tile.Rows);
        }

        Finish<TLanes>(tile, all);
    }

    private readonly void Finish<TLanes>(in AttentionTile tile, in RowSums sums)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int row = 0; row < tile.Rows; row++)
        {
            long at = tile.Segment->QueryStart + tile.QueryOf(row);
            int head = tile.HeadOf(row);
            sums.Divide<TLanes>(row, Output.Row((int)at) + (head * Shape.HeadSize));
            if (LogSumExp != null)
            {
                float maximum = sums.Maxima[row];
                LogSumExp[(at * Shape.Heads) + head] = float.IsNegativeInfinity(maximum) ? maximum : maximum + MathF.Log(sums.Sums[row]);
            }
        }
    }
}
