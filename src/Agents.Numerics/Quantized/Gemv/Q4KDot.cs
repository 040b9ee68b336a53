using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Q4_K: nibbles, scale and minimum of 6 bits for every 32.</summary>
internal readonly unsafe struct Q4KDot : IPanelDot
{
    /// <inheritdoc/>
    public static int BlockElements => 256;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        TCodes products = Chunk<TCodes, TFloats>(panel.Third, codes, SixBitScales.Scale<TCodes, TFloats>(panel.Second, 0), SixBitScales.Scale<TCodes, TFloats>(panel.Second, 1));
        products += Chunk<TCodes, TFloats>(panel.Third + 512, codes + 16, SixBitScales.Scale<TCodes, TFloats>(panel.Second, 2), SixBitScales.Scale<TCodes, TFloats>(panel.Second, 3));
        products += Chunk<TCodes, TFloats>(panel.Third + 1024, codes + 32, SixBitScales.Scale<TCodes, TFloats>(panel.Second, 4), SixBitScales.Scale<TCodes, TFloats>(panel.Second, 5));
        products += Chunk<TCodes, TFloats>(panel.Third + 1536, codes + 48, SixBitScales.Scale<TCodes, TFloats>(panel.Second, 6), SixBitScales.Scale<TCodes, TFloats>(panel.Second, 7));
        TCodes minimums = SixBitScales.Minimums<TCodes, TFloats>(panel.Second, x.Sums);
        sum = TFloats.MultiplyAdd(TCodes.ToSingle(products), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
        return TFloats.MultiplyAdd(TCodes.ToSingle(minimums), TCodes.LoadHalves(panel.Scales + 32) * TFloats.Broadcast(-*x.Scale), sum);
    }

    // 64 elements: the lower nibbles of 32 bytes are one sub-block, the upper ones the next.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TCodes Chunk<TCodes, TFloats>(byte* bytes, int* codes, TCodes lowerScale, TCodes upperScale)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes mask = TCodes.Broadcast(0x0f0f_0f0f);
        TCodes lower = TCodes.Broadcast(0);
        TCodes upper = TCodes.Broadcast(0);
        for (int element = 0; element < 8; element++)
        {
            TCodes pair = TCodes.Load(bytes + (64 * element));
            lower = TCodes.DotNarrow(lower, pair & mask, TCodes.Broadcast(codes[element]));
            upper = TCodes.DotNarrow(upper, (pair >>> 4) & mask, TCodes.Broadcast(codes[8 + element]));
        }

        return (TCodes.Widen(lower) * lowerScale) + (TCodes.Widen(upper) * upperScale);
    }
}
