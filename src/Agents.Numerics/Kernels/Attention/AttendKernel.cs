using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>
/// Attention forward. An item is a tile of up to 16 rows (query, head) of one segment that share a key/value head, so keys and values are read once for
/// the whole group. When a segment has one tile per head (decoding), each range of its keys is an item of its own, and whichever part ends last joins them all:
/// the same sums in the same order as one item would make.
/// </summary>
internal unsafe struct AttendKernel : ILaneKernel
{
    public AttentionShape Shape;
    public MatrixView<float> Queries;
    public AttentionSegment* Segments;
    public int SegmentCount;
    public MatrixView<float> Output;
    public float* LogSumExp;

    private SegmentItems* _items;
    private int* _finished;
    private float* _partials;

    private readonly int Group => Shape.Heads / Shape.KeyValueHeads;

    /// <summary>Lays the items out; returns their number.</summary>
    public int Plan()
    {
        SegmentItems total = default;
        for (int segment = 0; segment < SegmentCount; segment++)
        {
            total = Next(Segments + segment, total);
        }

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
            AttendAll<TLanes>(Segments + index, local / tiles, tiles - 1 - (local % tiles));
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
            First = checked(at.First + (Shape.KeyValueHeads * tiles * parts)),
            Parts = parts,
            FirstCounter = at.FirstCounter + counters,
            FirstPartial = at.FirstPartial + ((long)counters * parts * RowSums.Length(Shape.HeadSize)),
        };
    }

    private readonly int TilesOf(AttentionSegment* segment) =>
        (int)((((long)segment->QueryCount * Group) + AttentionTile.MaximumRows - 1) / AttentionTile.MaximumRows);

    /// <summary>A tile against all its keys.</summary>
    private readonly void AttendAll<TLanes>(AttentionSegment* segment, int keyValueHead, int index)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int size = Shape.HeadSize;
        long sums = RowSums.Length(size);
        float* memory = ThreadWorkspace.Current.Tiles(AttentionTile.Length(size) + (2 * sums));
        AttentionTile tile = new(segment, keyValueHead, index * AttentionTile.MaximumRows, Group, size, memory + (2 * sums));
        tile.LoadQueries(Queries);
        RowSums all = new(memory, size);
        RowSums range = new(memory + sums, size);
        tile.Attend<TLanes>(0, all);
        int visible = tile.VisibleKeys;
        for (int first = AttentionShape.KeyRange; first < visible; first += AttentionShape.KeyRange)
        {
            tile.Attend<TLanes>(first, range);
            all.Join<TLanes>(range, tile.Rows);
        }

        Finish<TLanes>(tile, all);
    }

    /// <summary>A tile against one range of keys; the last part to end joins them.</summary>
    private readonly void AttendPart<TLanes>(AttentionSegment* segment, in SegmentItems items, int keyValueHead, int part)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int size = Shape.HeadSize;
        long sums = RowSums.Length(size);
        float* partials = _partials + items.FirstPartial + (keyValueHead * items.Parts * sums);
        AttentionTile tile = new(segment, keyValueHead, 0, Group, size, ThreadWorkspace.Current.Tiles(AttentionTile.Length(size)));
        tile.LoadQueries(Queries);
        tile.Attend<TLanes>(part * AttentionShape.KeyRange, new RowSums(partials + (part * sums), size));

        // The increment is a full fence: whoever counts the last part sees the results of all.
        if (Interlocked.Increment(ref _finished[items.FirstCounter + keyValueHead]) != items.Parts)
        {
            return;
        }

        RowSums all = new(partials, size);
        for (int other = 1; other < items.Parts; other++)
        {
            all.Join<TLanes>(new RowSums(partials + (other * sums), size), tile.Rows);
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
