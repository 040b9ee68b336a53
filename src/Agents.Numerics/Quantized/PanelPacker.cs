using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Quantized;

/// <summary>Interleaves 16 stored rows into a panel: a transposition per section, by vectors of 16 bytes where the processor has them.</summary>
internal static unsafe class PanelPacker
{
    private const int Lanes = PanelFormat.Rows;

    /// <summary>Fills a panel.</summary>
    /// <param name="format">Layout.</param>
    /// <param name="blocks">Blocks per row.</param>
    /// <param name="rows">16 stored rows.</param>
    /// <param name="panel">Receives the panel; gaps between areas are left alone.</param>
    public static void Pack(PanelFormat format, int blocks, byte** rows, byte* panel)
    {
        ReadOnlySpan<PanelSection> sections = format.Sections;
        int blockBytes = format.Layout.Bytes;
        for (int index = 0; index < sections.Length; index++)
        {
            PanelSection section = sections[index];
            byte* area = panel + format.AreaOffset(index, blocks);

            // A section that is the whole block goes on in the next block without a seam.
            bool seamless = section.Bytes == blockBytes;
            int count = seamless ? section.Count * blocks : section.Count;
            int runs = seamless ? 1 : blocks;
            for (int run = 0; run < runs; run++)
            {
                long offset = ((long)run * blockBytes) + section.Offset;
                byte* target = area + ((long)run * section.Bytes * Lanes);
                int done = section.Width switch
                {
                    4 => TransposeQuads(rows, offset, count, section.Flip, target),
                    2 when section.Flip == 0 => TransposePairs(rows, offset, count, target),
                    _ => 0,
                };
                Rest(rows, offset, section, done, count, target);
            }
        }
    }

    /// <summary>Zeroes the bytes between areas, so that panels of equal rows are equal bytes.</summary>
    /// <param name="format">Layout.</param>
    /// <param name="blocks">Blocks per row.</param>
    /// <param name="panel">The panel.</param>
    public static void ClearGaps(PanelFormat format, int blocks, byte* panel)
    {
        for (int index = 0; index < format.Sections.Length; index++)
        {
            long end = format.AreaOffset(index, blocks) + ((long)blocks * format.Sections[index].Bytes * Lanes);
            new Span<byte>(panel + end, (int)(format.AreaOffset(index + 1, blocks) - end)).Clear();
        }
    }

    /// <summary>Elements of 4 bytes, 4 rows × 4 elements at a time; returns how many elements are done.</summary>
    private static int TransposeQuads(byte** rows, long offset, int count, byte flip, byte* target)
    {
        if (!Sse2.IsSupported)
        {
            return 0;
        }

        Vector128<int> mask = Vector128.Create(flip).AsInt32();
        int element = 0;
        for (; element + 4 <= count; element += 4)
        {
            long at = offset + (element * 4L);
            byte* to = target + (element * Lanes * 4L);
            for (int lane = 0; lane < Lanes; lane += 4)
            {
                Vector128<int> a = Vector128.Load((int*)(rows[lane] + at)) ^ mask;
                Vector128<int> b = Vector128.Load((int*)(rows[lane + 1] + at)) ^ mask;
                Vector128<int> c = Vector128.Load((int*)(rows[lane + 2] + at)) ^ mask;
                Vector128<int> d = Vector128.Load((int*)(rows[lane + 3] + at)) ^ mask;
                Vector128<long> lowAB = Sse2.UnpackLow(a, b).AsInt64();
                Vector128<long> lowCD = Sse2.UnpackLow(c, d).AsInt64();
                Vector128<long> highAB = Sse2.UnpackHigh(a, b).AsInt64();
                Vector128<long> highCD = Sse2.UnpackHigh(c, d).AsInt64();
                byte* place = to + (lane * 4);
                Sse2.UnpackLow(lowAB, lowCD).Store((long*)place);
                Sse2.UnpackHigh(lowAB, lowCD).Store((long*)(place + (Lanes * 4)));
                Sse2.UnpackLow(highAB, highCD).Store((long*)(place + (Lanes * 8)));
                Sse2.UnpackHigh(highAB, highCD).Store((long*)(place + (Lanes * 12)));
            }
        }

        return element;
    }

    /// <summary>Elements of 2 bytes, 8 rows × 8 elements at a time; returns how many elements are done.</summary>
    private static int TransposePairs(byte** rows, long offset, int count, byte* target)
    {
        if (!Sse2.IsSupported)
        {
            return 0;
        }

        int element = 0;
        for (; element + 8 <= count; element += 8)
        {
            long at = offset + (element * 2L);
            byte* to = target + (element * Lanes * 2L);
            for (int lane = 0; lane < Lanes; lane += 8)
            {
                byte** from = rows + lane;
                (Vector128<int> a0, Vector128<int> a1) = Zip(from[0] + at, from[1] + at);
                (Vector128<int> b0, Vector128<int> b1) = Zip(from[2] + at, from[3] + at);
                (Vector128<int> c0, Vector128<int> c1) = Zip(from[4] + at, from[5] + at);
                (Vector128<int> d0, Vector128<int> d1) = Zip(from[6] + at, from[7] + at);
                byte* place = to + (lane * 2);
                Store(Sse2.UnpackLow(a0, b0), Sse2.UnpackLow(c0, d0), place);
                Store(Sse2.UnpackHigh(a0, b0), Sse2.UnpackHigh(c0, d0), place + (Lanes * 4));
                Store(Sse2.UnpackLow(a1, b1), Sse2.UnpackLow(c1, d1), place + (Lanes * 8));
                Store(Sse2.UnpackHigh(a1, b1), Sse2.UnpackHigh(c1, d1), place + (Lanes * 12));
            }
        }

        return element;
    }

    private static (Vector128<int> Low, Vector128<int> High) Zip(byte* even, byte* odd)
    {
        Vector128<short> x = Vector128.Load((short*)even);
        Vector128<short> y = Vector128.Load((short*)odd);
        return (Sse2.UnpackLow(x, y).AsInt32(), Sse2.UnpackHigh(x, y).AsInt32());
    }

    /// <summary>Two elements of eight rows, one below the other.</summary>
    private static void Store(Vector128<int> lower, Vector128<int> upper, byte* place)
    {
        Sse2.UnpackLow(lower.AsInt64(), upper.AsInt64()).Store((long*)place);
        Sse2.UnpackHigh(lower.AsInt64(), upper.AsInt64()).Store((long*)(place + (Lanes * 2)));
    }

    private static void Rest(byte** rows, long offset, PanelSection section, int first, int count, byte* target)
    {
        uint flip = section.Flip * 0x01010101u;
        for (int element = first; element < count; element++)
        {
            long at = offset + ((long)element * section.Width);
            byte* to = target + ((long)element * Lanes * section.Width);
            for (int lane = 0; lane < Lanes; lane++)
            {
                byte* from = rows[lane] + at;
                switch (section.Width)
                {
                    case 4:
                        ((uint*)to)[lane] = *(uint*)from ^ flip;
                        break;
                    case 2:
                        ((ushort*)to)[lane] = (ushort)(*(ushort*)from ^ flip);
                        break;
                    default:
                        to[lane] = (byte)(*from ^ flip);
                        break;
                }
            }
        }
    }
}
