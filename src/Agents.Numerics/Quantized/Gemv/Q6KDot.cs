using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Q6_K: four bits and two more, offset 32, signed scale of 8 bits for every 16.</summary>
internal readonly unsafe struct Q6KDot : IPanelDot
{
    /// <inheritdoc/>
    public static int BlockElements => 256;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, PanelBlock ahead, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        CacheLines.One(ahead.Scales);
        TCodes products = Quarter<TCodes, TFloats>(panel, ahead, codes, x.Sums, 0);
        products += Quarter<TCodes, TFloats>(panel, ahead, codes, x.Sums, 1);
        products += Quarter<TCodes, TFloats>(panel, ahead, codes, x.Sums, 2);
        products += Quarter<TCodes, TFloats>(panel, ahead, codes, x.Sums, 3);
        return TFloats.MultiplyAdd(TCodes.ToSingle(products), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
    }

    // Sixteen elements of each of four sub-blocks share the bytes of the upper bits: half of the block, and which 16 of 32.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TCodes Quarter<TCodes, TFloats>(in PanelBlock panel, in PanelBlock ahead, int* codes, int* sums, int quarter)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int half = quarter >> 1;
        int side = quarter & 1;
        byte* first = panel.Third + (1024 * half) + (256 * side);
        byte* upper = panel.Fourth + (256 * quarter);
        long next = ahead.Third - panel.Third;
        long nextUpper = ahead.Fourth - panel.Fourth;
        CacheLines.One(ahead.Second + (64 * quarter));
        int part = (8 * half) + side;
        TCodes d0 = TCodes.Broadcast(-32 * sums[part]);
        TCodes d1 = TCodes.Broadcast(-32 * sums[part + 2]);
        TCodes d2 = TCodes.Broadcast(-32 * sums[part + 4]);
        TCodes d3 = TCodes.Broadcast(-32 * sums[part + 6]);
        codes += 4 * part;
        AddPair(first, next, upper, nextUpper, codes, ref d0, ref d1, ref d2, ref d3);
        AddPair(first + 128, next, upper + 128, nextUpper, codes + 2, ref d0, ref d1, ref d2, ref d3);
        byte* scales = panel.Second + (16 * part);
        TCodes products = (TCodes.LoadSignedBytes(scales) * d0) + (TCodes.LoadSignedBytes(scales + 32) * d1);
        return products + (TCodes.LoadSignedBytes(scales + 64) * d2) + (TCodes.LoadSignedBytes(scales + 96) * d3);

        // Six bits fill 16-bit sums after two dots.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void AddPair(byte* first, long next, byte* upper, long nextUpper, int* codes, ref TCodes d0, ref TCodes d1, ref TCodes d2, ref TCodes d3)
        {
            TCodes nibble = TCodes.Broadcast(0x0f0f_0f0f);
            TCodes two = TCodes.Broadcast(0x3030_3030);
            TCodes zero = TCodes.Broadcast(0);
            TCodes a = CacheLines.Load<TCodes, TFloats>(first, first + next);
            TCodes b = CacheLines.Load<TCodes, TFloats>(first + 512, first + 512 + next);
            TCodes c = CacheLines.Load<TCodes, TFloats>(upper, upper + nextUpper);
            TCodes n0 = TCodes.DotNarrow(zero, (a & nibble) | ((c << 4) & two), TCodes.Broadcast(codes[0]));
            TCodes n1 = TCodes.DotNarrow(zero, (b & nibble) | ((c << 2) & two), TCodes.Broadcast(codes[8]));
            TCodes n2 = TCodes.DotNarrow(zero, ((a >>> 4) & nibble) | (c & two), TCodes.Broadcast(codes[16]));
            TCodes n3 = TCodes.DotNarrow(zero, ((b >>> 4) & nibble) | ((c >>> 2) & two), TCodes.Broadcast(codes[24]));
            a = CacheLines.Load<TCodes, TFloats>(first + 64, first + 64 + next);
            b = CacheLines.Load<TCodes, TFloats>(first + 576, first + 576 + next);
            c = CacheLines.Load<TCodes, TFloats>(upper + 64, upper + 64 + nextUpper);
            d0 += TCodes.Widen(TCodes.DotNarrow(n0, (a & nibble) | ((c << 4) & two), TCodes.Broadcast(codes[1])));
            d1 += TCodes.Widen(TCodes.DotNarrow(n1, (b & nibble) | ((c << 2) & two), TCodes.Broadcast(codes[9])));
            d2 += TCodes.Widen(TCodes.DotNarrow(n2, ((a >>> 4) & nibble) | (c & two), TCodes.Broadcast(codes[17])));
            d3 += TCodes.Widen(TCodes.DotNarrow(n3, ((b >>> 4) & nibble) | ((c >>> 2) & two), TCodes.Broadcast(codes[25])));
        }
    }
}
