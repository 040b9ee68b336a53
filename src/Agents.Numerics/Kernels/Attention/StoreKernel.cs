using Agents.Numerics.Formats;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>Copies keys and values into the stores of their sequences. An item is up to 64 rows of one key/value head of one segment.</summary>
internal unsafe struct StoreKernel : ILaneKernel
{
    private const int ItemRows = 64;

    public MatrixView<float> Keys;
    public MatrixView<float> Values;
    public AttentionSegment* Segments;
    public int SegmentCount;

    private SegmentItems* _items;

    /// <summary>Lays the items out; returns their number.</summary>
    public int Plan()
    {
        _items = ThreadWorkspace.Current.Plan<SegmentItems>(SegmentCount);
        int items = 0;
        for (int segment = 0; segment < SegmentCount; segment++)
        {
            _items[segment].First = items;
            int parts = (Segments[segment].QueryCount + ItemRows - 1) / ItemRows;
            items = checked(items + (parts * Segments[segment].Layout.Shape.KeyValueHeads));
        }

        return items;
    }

    /// <inheritdoc/>
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int item = first; item < first + count; item++)
        {
            int index = SegmentItems.Find(_items, SegmentCount, item);
            AttentionSegment* segment = Segments + index;
            int local = item - _items[index].First;
            int heads = segment->Layout.Shape.KeyValueHeads;
            int row = local / heads * ItemRows;
            int end = Math.Min(row + ItemRows, segment->QueryCount);
            for (; row < end; row++)
            {
                Store(segment, local % heads, row);
            }
        }
    }

    private readonly void Store(AttentionSegment* segment, int head, int row)
    {
        KeyValueLayout layout = segment->Layout;
        int size = layout.Shape.HeadSize;
        int position = segment->KeyCount - segment->QueryCount + row;
        byte* page = segment->PageOf(position);
        int at = (int)((uint)position % (uint)layout.PagePositions);
        int lane = at % AttentionShape.KeyBlock;
        byte* block = page + layout.KeyBlockOffset(head, at / AttentionShape.KeyBlock);
        byte* valueRow = page + layout.ValueOffset(head, at);
        float* key = Keys.Row(segment->QueryStart + row) + (head * size);
        float* value = Values.Row(segment->QueryStart + row) + (head * size);
        switch (layout.Type)
        {
            case ElementType.F16:
                ushort* halves = stackalloc ushort[size];
                KeyValueCode.Halves(key, size, halves);
                Scatter(halves, size, (ushort*)block + lane);
                KeyValueCode.Halves(value, size, (ushort*)valueRow);
                break;
            case ElementType.Q8_0:
                ushort* scales = (ushort*)(page + layout.ValueScaleOffset(head, at));
                for (int group = 0; group < layout.Groups; group++)
                {
                    int first = group * KeyValueLayout.GroupSize;
                    int count = Math.Min(KeyValueLayout.GroupSize, size - first);
                    sbyte* codes = (sbyte*)block + layout.KeyScaleBytes + (first * AttentionShape.KeyBlock) + lane;
                    ((ushort*)block)[(group * AttentionShape.KeyBlock) + lane] = KeyValueCode.Codes(key + first, count, codes, AttentionShape.KeyBlock);
                    scales[group] = KeyValueCode.Codes(value + first, count, (sbyte*)valueRow + first, 1);
                }

                break;
            default:
                Scatter(key, size, (float*)block + lane);
                Buffer.MemoryCopy(value, valueRow, (long)size * sizeof(float), (long)size * sizeof(float));
                break;
        }
    }

    private static void Scatter<T>(T* row, int size, T* lane)
        where T : unmanaged
    {
        for (int j = 0; j < size; j++)
        {
            lane[j * AttentionShape.KeyBlock] = row[j];
        }
    }
}
