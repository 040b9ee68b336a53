using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>TQ2_0: trits of two bits, offset 1.</summary>
internal readonly unsafe struct Tq20Dot : IPanelDot
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
        TCodes dot = TCodes.Broadcast(-TernaryOffset.Sum(x.Sums));
        dot += Half<TCodes, TFloats>(panel.Second, ahead.Second, codes)
            + Half<TCodes, TFloats>(panel.Second + 512, ahead.Second + 512, codes + 32);
        return TFloats.MultiplyAdd(TCodes.ToSingle(dot), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
    }

    // 32 dots of at most 3, half of them in each sum: 42 would fit 16 bits.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TCodes Half<TCodes, TFloats>(byte* bytes, byte* ahead, int* codes)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes even = TCodes.Broadcast(0);
        TCodes odd = TCodes.Broadcast(0);
        Add(ref even, ref odd, CacheLines.Load<TCodes, TFloats>(bytes, ahead), codes);
        Add(ref even, ref odd, CacheLines.Load<TCodes, TFloats>(bytes + 64, ahead + 64), codes + 1);
        Add(ref even, ref odd, CacheLines.Load<TCodes, TFloats>(bytes + 128, ahead + 128), codes + 2);
        Add(ref even, ref odd, CacheLines.Load<TCodes, TFloats>(bytes + 192, ahead + 192), codes + 3);
        Add(ref even, ref odd, CacheLines.Load<TCodes, TFloats>(bytes + 256, ahead + 256), codes + 4);
        Add(ref even, ref odd, CacheLines.Load<TCodes, TFloats>(bytes + 320, ahead + 320), codes + 5);
        Add(ref even, ref odd, CacheLines.Load<TCodes, TFloats>(bytes + 384, ahead + 384), codes + 6);
        Add(ref even, ref odd, CacheLines.Load<TCodes, TFloats>(bytes + 448, ahead + 448), codes + 7);
        return TCodes.Widen(TCodes.AddNarrow(even, odd));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Add(ref TCodes even, ref TCodes odd, TCodes four, int* codes)
        {
            TCodes mask = TCodes.Broadcast(0x0303_0303);
            even = TCodes.DotNarrow(even, four & mask, TCodes.Broadcast(codes[0]));
            odd = TCodes.DotNarrow(odd, (four >>> 2) & mask, TCodes.Broadcast(codes[8]));
            even = TCodes.DotNarrow(even, (four >>> 4) & mask, TCodes.Broadcast(codes[16]));
            odd = TCodes.DotNarrow(odd, (four >>> 6) & mask, TCodes.Broadcast(codes[24]));
        }
    }
}
