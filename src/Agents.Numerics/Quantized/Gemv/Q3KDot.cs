using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Q3_K: two bits, a third in a mask, offset 4, signed scale of 6 bits for every 16.</summary>
internal readonly unsafe struct Q3KDot : IPanelDot
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

    // Sixteen elements of each of four sub-blocks share their bytes: half of the block, and which 16 of 32.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TCodes Quarter<TCodes, TFloats>(in PanelBlock panel, in PanelBlock ahead, int* codes, int* sums, int quarter)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int half = quarter >> 1;
        int side = quarter & 1;
        byte* bytes = panel.Fourth + (256 * quarter);
        byte* next = ahead.Fourth + (256 * quarter);
        CacheLines.One(ahead.Second + (48 * quarter));
        CacheLines.One(ahead.Third + (128 * quarter));
        CacheLines.One(ahead.Third + (128 * quarter) + 64);
        byte* third = panel.Third + (256 * side);
        int part = (8 * half) + side;
        TCodes b0 = CacheLines.Load<TCodes, TFloats>(bytes, next);
        TCodes b1 = CacheLines.Load<TCodes, TFloats>(bytes + 64, next + 64);
        TCodes b2 = CacheLines.Load<TCodes, TFloats>(bytes + 128, next + 128);
        TCodes b3 = CacheLines.Load<TCodes, TFloats>(bytes + 192, next + 192);

        // The bits of the four sub-blocks are next to each other: 0 to 3 in the first half, 4 to 7 in the second.
        TCodes t0 = TCodes.Load(third);
        TCodes t1 = TCodes.Load(third + 64);
        TCodes t2 = TCodes.Load(third + 128);
        TCodes t3 = TCodes.Load(third + 192);
        if (half == 1)
        {
            t0 >>>= 4;
            t1 >>>= 4;
            t2 >>>= 4;
            t3 >>>= 4;
        }

        codes += 4 * part;
        sums += part;
        TCodes products = Scale<TCodes, TFloats>(panel.Second, part)
            * Dot<TCodes, TFloats>(b0, b1, b2, b3, t0 << 2, t1 << 2, t2 << 2, t3 << 2, codes, sums[0]);
        products += Scale<TCodes, TFloats>(panel.Second, part + 2)
            * Dot<TCodes, TFloats>(b0 >>> 2, b1 >>> 2, b2 >>> 2, b3 >>> 2, t0 << 1, t1 << 1, t2 << 1, t3 << 1, codes + 8, sums[2]);
        products += Scale<TCodes, TFloats>(panel.Second, part + 4)
            * Dot<TCodes, TFloats>(b0 >>> 4, b1 >>> 4, b2 >>> 4, b3 >>> 4, t0, t1, t2, t3, codes + 16, sums[4]);
        return products + (Scale<TCodes, TFloats>(panel.Second, part + 6)
            * Dot<TCodes, TFloats>(b0 >>> 6, b1 >>> 6, b2 >>> 6, b3 >>> 6, t0 >>> 1, t1 >>> 1, t2 >>> 1, t3 >>> 1, codes + 24, sums[6]));
    }

    // The bits of t that count have been moved to the place with the value 4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TCodes Dot<TCodes, TFloats>(
        TCodes b0, TCodes b1, TCodes b2, TCodes b3, TCodes t0, TCodes t1, TCodes t2, TCodes t3, int* codes, int sumOfCodes)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes two = TCodes.Broadcast(0x0303_0303);
        TCodes third = TCodes.Broadcast(0x0404_0404);
        TCodes dot = TCodes.DotNarrow(TCodes.Broadcast(0), (b0 & two) | (t0 & third), TCodes.Broadcast(codes[0]));
        dot = TCodes.DotNarrow(dot, (b1 & two) | (t1 & third), TCodes.Broadcast(codes[1]));
        dot = TCodes.DotNarrow(dot, (b2 & two) | (t2 & third), TCodes.Broadcast(codes[2]));
        dot = TCodes.DotNarrow(dot, (b3 & two) | (t3 & third), TCodes.Broadcast(codes[3]));
        return TCodes.Widen(dot) - TCodes.Broadcast(4 * sumOfCodes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TCodes Scale<TCodes, TFloats>(byte* packed, int part)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes low = TCodes.LoadBytes(packed + (16 * (part & 7)));
        TCodes high = TCodes.LoadBytes(packed + (16 * (8 + (part & 3))));
        low = part < 8 ? low & TCodes.Broadcast(15) : low >>> 4;
        high = (part >> 2) switch
        {
            0 => high << 4,
            1 => high << 2,
            2 => high,
            _ => high >>> 2,
        };
        return (low | (high & TCodes.Broadcast(48))) - TCodes.Broadcast(32);
    }
}
