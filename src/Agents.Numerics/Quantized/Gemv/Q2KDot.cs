using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Q2_K: two bits, scale and minimum of 4 bits for every 16.</summary>
internal readonly unsafe struct Q2KDot : IPanelDot
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
        TCodes minimums = Minimums<TCodes, TFloats>(panel.Second, x.Sums);
        TCodes products = Quarter<TCodes, TFloats>(panel, ahead, codes, 0);
        products += Quarter<TCodes, TFloats>(panel, ahead, codes, 1);
        products += Quarter<TCodes, TFloats>(panel, ahead, codes, 2);
        products += Quarter<TCodes, TFloats>(panel, ahead, codes, 3);
        TFloats scale = TFloats.Broadcast(*x.Scale);
        sum = TFloats.MultiplyAdd(TCodes.ToSingle(products), TCodes.LoadHalves(panel.Scales) * scale, sum);
        return TFloats.MultiplyAdd(TCodes.ToSingle(minimums), TCodes.LoadHalves(panel.Scales + 32) * TFloats.Broadcast(-*x.Scale), sum);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TCodes Minimums<TCodes, TFloats>(byte* scales, int* sums)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes even = TCodes.Broadcast(0);
        TCodes odd = TCodes.Broadcast(0);
        for (int part = 0; part < 16; part += 2)
        {
            even += (TCodes.LoadBytes(scales + (16 * part)) >>> 4) * TCodes.Broadcast(sums[part]);
            odd += (TCodes.LoadBytes(scales + (16 * part) + 16) >>> 4) * TCodes.Broadcast(sums[part + 1]);
        }

        return even + odd;
    }

    // Sixteen elements of each of four sub-blocks share their bytes: half of the block, and which 16 of 32.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TCodes Quarter<TCodes, TFloats>(in PanelBlock panel, in PanelBlock ahead, int* codes, int quarter)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes nibble = TCodes.Broadcast(15);
        byte* bytes = panel.Third + (256 * quarter);
        byte* next = ahead.Third + (256 * quarter);
        CacheLines.One(ahead.Second + (64 * quarter));
        TCodes b0 = CacheLines.Load<TCodes, TFloats>(bytes, next);
        TCodes b1 = CacheLines.Load<TCodes, TFloats>(bytes + 64, next + 64);
        TCodes b2 = CacheLines.Load<TCodes, TFloats>(bytes + 128, next + 128);
        TCodes b3 = CacheLines.Load<TCodes, TFloats>(bytes + 192, next + 192);
        int part = (8 * (quarter >> 1)) + (quarter & 1);
        byte* scales = panel.Second + (16 * part);
        codes += 4 * part;
        TCodes products = (TCodes.LoadBytes(scales) & nibble) * TwoBits.Dot<TCodes, TFloats>(b0, b1, b2, b3, codes);
        products += (TCodes.LoadBytes(scales + 32) & nibble) * TwoBits.Dot<TCodes, TFloats>(b0 >>> 2, b1 >>> 2, b2 >>> 2, b3 >>> 2, codes + 8);
        products += (TCodes.LoadBytes(scales + 64) & nibble) * TwoBits.Dot<TCodes, TFloats>(b0 >>> 4, b1 >>> 4, b2 >>> 4, b3 >>> 4, codes + 16);
        return products + ((TCodes.LoadBytes(scales + 96) & nibble) * TwoBits.Dot<TCodes, TFloats>(b0 >>> 6, b1 >>> 6, b2 >>> 6, b3 >>> 6, codes + 24));
    }
}
