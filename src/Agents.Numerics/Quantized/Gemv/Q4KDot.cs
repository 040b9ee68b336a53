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
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, PanelBlock ahead, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        CacheLines.One(ahead.Scales);
        TCodes products = Chunk<TCodes, TFloats>(panel, ahead, codes, 0);
        products += Chunk<TCodes, TFloats>(panel, ahead, codes, 1);
        products += Chunk<TCodes, TFloats>(panel, ahead, codes, 2);
        products += Chunk<TCodes, TFloats>(panel, ahead, codes, 3);
        TCodes minimums = SixBitScales.Minimums<TCodes, TFloats>(panel.Second, x.Sums);
        sum = TFloats.MultiplyAdd(TCodes.ToSingle(products), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
        return TFloats.MultiplyAdd(TCodes.ToSingle(minimums), TCodes.LoadHalves(panel.Scales + 32) * TFloats.Broadcast(-*x.Scale), sum);
    }

    // 64 elements: the lower nibbles of 32 bytes are one sub-block, the upper ones the next.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TCodes Chunk<TCodes, TFloats>(in PanelBlock panel, in PanelBlock ahead, int* codes, int chunk)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        CacheLines.One(ahead.Second + (48 * chunk));
        TCodes lower = NibblePairs.DotEight<TCodes, TFloats>(panel.Third + (512 * chunk), ahead.Third + (512 * chunk), codes + (16 * chunk), out TCodes upper);
        return (lower * SixBitScales.Scale<TCodes, TFloats>(panel.Second, 2 * chunk))
            + (upper * SixBitScales.Scale<TCodes, TFloats>(panel.Second, (2 * chunk) + 1));
    }
}
