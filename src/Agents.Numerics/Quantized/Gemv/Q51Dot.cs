using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Q5_1: five bits from 0 and a minimum.</summary>
internal readonly unsafe struct Q51Dot : IPanelDot
{
    /// <inheritdoc/>
    public static int BlockElements => 32;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, PanelBlock ahead, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        CacheLines.One(ahead.Scales);
        TCodes dot = NibblePairs.DotWithFifth<TCodes, TFloats>(panel.Third, panel.Second, ahead, codes);
        sum = TFloats.MultiplyAdd(TCodes.ToSingle(dot), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
        return TFloats.MultiplyAdd(TCodes.LoadHalves(panel.Scales + 32), TFloats.Broadcast(*x.ScaledSum), sum);
    }
}
