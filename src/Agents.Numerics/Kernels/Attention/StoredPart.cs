using Agents.Numerics.Formats;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>Some consecutive keys and values of one head within one page, as singles: where they lie when they are stored so, else widened into memory of the caller.</summary>
internal static unsafe class StoredPart
{
    /// <summary>Most positions at a time; what is widened stays in the first cache.</summary>
    public const int MaximumPositions = 64;

    /// <summary>Number of positions from one on that lie in the same page.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="position">First position.</param>
    /// <param name="end">End of the wanted positions.</param>
    public static int Count(AttentionSegment* segment, int position, int end)
    {
        int page = segment->Layout.PagePositions;
        return Math.Min(Math.Min(MaximumPositions, end - position), page - (int)((uint)position % (uint)page));
    }

    /// <summary>Blocks of 16 keys, [blocks, size, 16].</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="head">Key/value head.</param>
    /// <param name="position">First position, a multiple of 16.</param>
    /// <param name="blocks">Number of blocks, within the page.</param>
    /// <param name="widened">[64, size].</param>
    public static float* Keys<TLanes>(AttentionSegment* segment, int head, int position, int blocks, float* widened)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        ref readonly KeyValueLayout layout = ref segment->Layout;
        int block = (int)((uint)position % (uint)layout.PagePositions) / AttentionShape.KeyBlock;
        byte* stored = segment->PageOf(position) + layout.KeyBlockOffset(head, block);
        switch (layout.Type)
        {
            case ElementType.F16:
                WidenHalves<TLanes>((ushort*)stored, (long)blocks * layout.Shape.HeadSize * AttentionShape.KeyBlock, widened);
                return widened;
            case ElementType.Q8_0:
                for (int i = 0; i < blocks; i++)
                {
                    byte* source = stored + (i * layout.KeyBlockBytes);
                    WidenKeyCodes<TLanes>((ushort*)source, (sbyte*)source + layout.KeyScaleBytes, layout.Shape.HeadSize, widened + ((long)i * layout.Shape.HeadSize * AttentionShape.KeyBlock));
                }

                return widened;
            default:
                return (float*)stored;
        }
    }

    /// <summary>Value rows, [count, size].</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="head">Key/value head.</param>
    /// <param name="position">First position.</param>
    /// <param name="count">Number of positions, within the page.</param>
    /// <param name="widened">[64, size].</param>
    public static float* Values<TLanes>(AttentionSegment* segment, int head, int position, int count, float* widened)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        ref readonly KeyValueLayout layout = ref segment->Layout;
        int at = (int)((uint)position % (uint)layout.PagePositions);
        byte* page = segment->PageOf(position);
        byte* stored = page + layout.ValueOffset(head, at);
        switch (layout.Type)
        {
            case ElementType.F16:
                WidenHalves<TLanes>((ushort*)stored, (long)count * layout.Shape.HeadSize, widened);
                return widened;
            case ElementType.Q8_0:
                ushort* scales = (ushort*)(page + layout.ValueScaleOffset(head, at));
                for (int i = 0; i < count; i++)
                {
                    WidenValueCodes<TLanes>(scales + (i * layout.Groups), (sbyte*)stored + ((long)i * layout.Shape.HeadSize), layout.Shape.HeadSize, widened + ((long)i * layout.Shape.HeadSize));
                }

                return widened;
            default:
                return (float*)stored;
        }
    }

    private static void WidenHalves<TLanes>(ushort* source, long count, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        long i = 0;
        for (; i + 16 <= count; i += 16)
        {
            TLanes.Store(TLanes.LoadHalves(source + i), target + i);
        }

        for (; i < count; i++)
        {
            target[i] = Float16Conversion.ToSingle(source[i]);
        }
    }

    private static void WidenKeyCodes<TLanes>(ushort* scales, sbyte* codes, int size, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int first = 0; first < size; first += KeyValueLayout.GroupSize, scales += AttentionShape.KeyBlock)
        {
            TLanes scale = TLanes.LoadHalves(scales);
            int end = Math.Min(size, first + KeyValueLayout.GroupSize);
            for (int j = first; j < end; j++)
            {
                TLanes.Store(TLanes.LoadBytes(codes + (j * 16)) * scale, target + (j * 16));
            }
        }
    }

    private static void WidenValueCodes<TLanes>(ushort* scales, sbyte* codes, int size, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int j = 0;
        for (; j + 16 <= size; j += 16)
        {
            TLanes scale = TLanes.Broadcast(Float16Conversion.ToSingle(scales[j / KeyValueLayout.GroupSize]));
            TLanes.Store(TLanes.LoadBytes(codes + j) * scale, target + j);
        }

        for (; j < size; j++)
        {
            target[j] = codes[j] * Float16Conversion.ToSingle(scales[j / KeyValueLayout.GroupSize]);
        }
    }
}
