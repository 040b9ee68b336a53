using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Q8_0: bytes that panels hold with offset 128.</summary>
internal readonly unsafe struct Q80Dot : IPanelDot
{
    /// <inheritdoc/>
    public static int BlockElements => 32;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(PanelBlock ahead)
    {
        CacheLines.One(ahead.Scales);
        CacheLines.Four(ahead.Second);
        CacheLines.Four(ahead.Second + 256);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        byte* bytes = panel.Second;
        TCodes even = TCodes.Dot(TCodes.Broadcast(0), TCodes.Load(bytes), TCodes.Broadcast(codes[0]));
        TCodes odd = TCodes.Dot(TCodes.Broadcast(0), TCodes.Load(bytes + 64), TCodes.Broadcast(codes[1]));
        even = TCodes.Dot(even, TCodes.Load(bytes + 128), TCodes.Broadcast(codes[2]));
        odd = TCodes.Dot(odd, TCodes.Load(bytes + 192), TCodes.Broadcast(codes[3]));
        even = TCodes.Dot(even, TCodes.Load(bytes + 256), TCodes.Broadcast(codes[4]));
        odd = TCodes.Dot(odd, TCodes.Load(bytes + 320), TCodes.Broadcast(codes[5]));
        even = TCodes.Dot(even, TCodes.Load(bytes + 384), TCodes.Broadcast(codes[6]));
        odd = TCodes.Dot(odd, TCodes.Load(bytes + 448), TCodes.Broadcast(codes[7]));

        TCodes dot = even + odd - TCodes.Broadcast(128 * *x.Sums);
        return TFloats.MultiplyAdd(TCodes.ToSingle(dot), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
    }
}
