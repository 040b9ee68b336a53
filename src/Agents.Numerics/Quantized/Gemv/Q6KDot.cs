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
    public static void Prefetch(PanelBlock ahead)
    {
        CacheLines.One(ahead.Scales);
        CacheLines.Four(ahead.Second);
        CacheLines.Many(ahead.Third, 2048);
        CacheLines.Many(ahead.Fourth, 1024);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        TCodes products = Quarter<TCodes, TFloats>(panel, codes, x.Sums, 0);
        products += Quarter<TCodes, TFloats>(panel, codes, x.Sums, 1);
        products += Quarter<TCodes, TFloats>(panel, codes, x.Sums, 2);
        products += Quarter<TCodes, TFloats>(panel, codes, x.Sums, 3);
        return TFloats.MultiplyAdd(TCodes.ToSingle(products), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
    }

    // Sixteen elements of each of four sub-blocks share the bytes of the upper bits: half of the block, and which 16 of 32.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TCodes Quarter<TCodes, TFloats>(PanelBlock panel, int* codes, int* sums, int quarter)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int half = quarter >> 1;
        int side = quarter & 1;
        byte* first = panel.Third + (1024 * half) + (256 * side);
        byte* upper = panel.Fourth + (256 * quarter);
        int part = (8 * half) + side;
        TCodes d0 = TCodes.Broadcast(-32 * sums[part]);
        TCodes d1 = TCodes.Broadcast(-32 * sums[part + 2]);
        TCodes d2 = TCodes.Broadcast(-32 * sums[part + 4]);
        TCodes d3 = TCodes.Broadcast(-32 * sums[part + 6]);
        codes += 4 * part;
        AddPair(first, upper, codes, ref d0, ref d1, ref d2, ref d3);
        AddPair(first + 128, upper + 128, codes + 2, ref d0, ref d1, ref d2, ref d3);
        byte* scales = panel.Second + (16 * part);
        TCodes products = (TCodes.LoadSignedBytes(scales) * d0) + (TCodes.LoadSignedBytes(scales + 32) * d1);
        return products + (TCodes.LoadSignedBytes(scales + 64) * d2) + (TCodes.LoadSignedBytes(scales + 96) * d3);

        // Six bits fill 16-bit sums after two dots.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void AddPair(byte* first, byte* upper, int* codes, ref TCodes d0, ref TCodes d1, ref TCodes d2, ref TCodes d3)
        {
            TCodes nibble = TCodes.Broadcast(0x0f0f_0f0f);
            TCodes two = TCodes.Broadcast(0x3030_3030);
            TCodes zero = TCodes.Broadcast(0);
            TCodes a = TCodes.Load(first);
            TCodes b = TCodes.Load(first + 512);
            TCodes c = TCodes.Load(upper);
            TCodes n0 = TCodes.DotNarrow(zero, (a & nibble) | ((c << 4) & two), TCodes.Broadcast(codes[0]));
            TCodes n1 = TCodes.DotNarrow(zero, (b & nibble) | ((c << 2) & two), TCodes.Broadcast(codes[8]));
            TCodes n2 = TCodes.DotNarrow(zero, ((a >>> 4) & nibble) | (c & two), TCodes.Broadcast(codes[16]));
            TCodes n3 = TCodes.DotNarrow(zero, ((b >>> 4) & nibble) | ((c >>> 2) & two), TCodes.Broadcast(codes[24]));
            a = TCodes.Load(first + 64);
            b = TCodes.Load(first + 576);
            c = TCodes.Load(upper + 64);
            d0 += TCodes.Widen(TCodes.DotNarrow(n0, (a & nibble) | ((c << 4) & two), TCodes.Broadcast(codes[1])));
            d1 += TCodes.Widen(TCodes.DotNarrow(n1, (b & nibble) | ((c << 2) & two), TCodes.Broadcast(codes[9])));
            d2 += TCodes.Widen(TCodes.DotNarrow(n2, ((a >>> 4) & nibble) | (c & two), TCodes.Broadcast(codes[17])));
            d3 += TCodes.Widen(TCodes.DotNarrow(n3, ((b >>> 4) & nibble) | ((c >>> 2) & two), TCodes.Broadcast(codes[25])));
        }
    }
}
