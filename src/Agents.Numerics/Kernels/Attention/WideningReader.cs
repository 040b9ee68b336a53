using System.Runtime.CompilerServices;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>Reads some consecutive keys and values of one head within one page as singles: where they lie when they are stored so, else widened into memory of the caller.</summary>
internal static unsafe class WideningReader
{
    /// <summary>Blocks of 16 keys, [blocks, size, 16].</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="head">Key/value head.</param>
    /// <param name="position">First position, a multiple of 16.</param>
    /// <param name="blocks">Number of blocks, within the page.</param>
    /// <param name="widened">[16 · blocks, size].</param>
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
    /// <param name="widened">[count, size].</param>
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
                WidenValueCodes<TLanes>(scales, (sbyte*)stored, count, layout.Shape.HeadSize, layout.Groups, widened);
                return widened;
            default:
                return (float*)stored;
        }
    }

    /// <summary>Widens consecutive halves.</summary>
    /// <param name="source">[count].</param>
    /// <param name="count">Number of halves.</param>
    /// <param name="target">[count].</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void WidenHalves<TLanes>(ushort* source, long count, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        long i = 0;
        for (; i + 64 <= count; i += 64)
        {
            TLanes.Store(TLanes.LoadHalves(source + i), target + i);
            TLanes.Store(TLanes.LoadHalves(source + i + 16), target + i + 16);
            TLanes.Store(TLanes.LoadHalves(source + i + 32), target + i + 32);
            TLanes.Store(TLanes.LoadHalves(source + i + 48), target + i + 48);
        }

        for (; i + 16 <= count; i += 16)
        {
            TLanes.Store(TLanes.LoadHalves(source + i), target + i);
        }

        for (; i < count; i++)
        {
            target[i] = Float16Conversion.ToSingle(source[i]);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void WidenKeyCodes<TLanes>(ushort* scales, sbyte* codes, int size, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int first = 0; first < size; first += KeyValueLayout.GroupSize, scales += AttentionShape.KeyBlock)
        {
            TLanes scale = TLanes.LoadHalves(scales);
            int end = Math.Min(size, first + KeyValueLayout.GroupSize);
            int j = first;
            for (; j + 4 <= end; j += 4)
            {
                sbyte* from = codes + (j * 16);
                float* to = target + (j * 16);
                TLanes.Store(TLanes.LoadBytes(from) * scale, to);
                TLanes.Store(TLanes.LoadBytes(from + 16) * scale, to + 16);
                TLanes.Store(TLanes.LoadBytes(from + 32) * scale, to + 32);
                TLanes.Store(TLanes.LoadBytes(from + 48) * scale, to + 48);
            }

            for (; j < end; j++)
            {
                TLanes.Store(TLanes.LoadBytes(codes + (j * 16)) * scale, target + (j * 16));
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void WidenValueCodes<TLanes>(ushort* scales, sbyte* codes, int count, int size, int groups, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int row = 0; row < count; row++, scales += groups, codes += size, target += size)
        {
            for (int group = 0; group < groups; group++)
            {
                float scale = Float16Conversion.ToSingle(scales[group]);
                TLanes factor = TLanes.Broadcast(scale);
                int j = group * KeyValueLayout.GroupSize;
                int end = Math.Min(size, j + KeyValueLayout.GroupSize);
                for (; j + 16 <= end; j += 16)
                {
                    TLanes.Store(TLanes.LoadBytes(codes + j) * factor, target + j);
                }

                for (; j < end; j++)
                {
                    target[j] = codes[j] * scale;
                }
            }
        }
    }
}
