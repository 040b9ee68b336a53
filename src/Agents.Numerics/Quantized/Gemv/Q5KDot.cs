using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Q5_K: as Q4_K with a fifth bit.</summary>
internal readonly unsafe struct Q5KDot : IPanelDot
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
        byte* scales = panel.Second;
        TCodes products = Chunk<TCodes, TFloats>(panel.Fourth, panel.Third, 0, codes, SixBitScales.Scale<TCodes, TFloats>(scales, 0), SixBitScales.Scale<TCodes, TFloats>(scales, 1));
        products += Chunk<TCodes, TFloats>(panel.Fourth + 512, panel.Third, 2, codes + 16, SixBitScales.Scale<TCodes, TFloats>(scales, 2), SixBitScales.Scale<TCodes, TFloats>(scales, 3));
        products += Chunk<TCodes, TFloats>(panel.Fourth + 1024, panel.Third, 4, codes + 32, SixBitScales.Scale<TCodes, TFloats>(scales, 4), SixBitScales.Scale<TCodes, TFloats>(scales, 5));
        products += Chunk<TCodes, TFloats>(panel.Fourth + 1536, panel.Third, 6, codes + 48, SixBitScales.Scale<TCodes, TFloats>(scales, 6), SixBitScales.Scale<TCodes, TFloats>(scales, 7));
        TCodes minimums = SixBitScales.Minimums<TCodes, TFloats>(scales, x.Sums);
        sum = TFloats.MultiplyAdd(TCodes.ToSingle(products), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
        return TFloats.MultiplyAdd(TCodes.ToSingle(minimums), TCodes.LoadHalves(panel.Scales + 32) * TFloats.Broadcast(-*x.Scale), sum);
    }

    // 64 elements; bit and bit + 1 of the 32 bytes at fifth belong to the lower and the upper nibbles.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TCodes Chunk<TCodes, TFloats>(byte* bytes, byte* fifth, int bit, int* codes, TCodes lowerScale, TCodes upperScale)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes lower = TCodes.Broadcast(0);
        TCodes upper = TCodes.Broadcast(0);
        TCodes mask = TCodes.Broadcast(0x0f0f_0f0f);
        TCodes one = TCodes.Broadcast(0x0101_0101);
        for (int start = 0; start < 8; start += 4)
        {
            // Five bits fill 16-bit sums after four dots.
            TCodes lowerNarrow = TCodes.Broadcast(0);
            TCodes upperNarrow = TCodes.Broadcast(0);
            for (int element = start; element < start + 4; element++)
            {
                TCodes pair = TCodes.Load(bytes + (64 * element));
                TCodes bits = TCodes.Load(fifth + (64 * element)) >>> bit;
                lowerNarrow = TCodes.DotNarrow(lowerNarrow, (pair & mask) | ((bits & one) << 4), TCodes.Broadcast(codes[element]));
                upperNarrow = TCodes.DotNarrow(upperNarrow, ((pair >>> 4) & mask) | (((bits >>> 1) & one) << 4), TCodes.Broadcast(codes[8 + element]));
            }

            lower += TCodes.Widen(lowerNarrow);
            upper += TCodes.Widen(upperNarrow);
        }

        return (lower * lowerScale) + (upper * upperScale);
    }
}
