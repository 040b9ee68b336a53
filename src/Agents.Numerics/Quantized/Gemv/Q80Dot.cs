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
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, PanelBlock ahead, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        CacheLines.One(ahead.Scales);
        byte* bytes = panel.Second;
        byte* next = ahead.Second;
        TCodes even = TCodes.Dot(TCodes.Broadcast(0), CacheLines.Load<TCodes, TFloats>(bytes, next), TCodes.Broadcast(codes[0]));
        TCodes odd = TCodes.Dot(TCodes.Broadcast(0), CacheLines.Load<TCodes, TFloats>(bytes + 64, next + 64), TCodes.Broadcast(codes[1]));
        even = TCodes.Dot(even, CacheLines.Load<TCodes, TFloats>(bytes + 128, next + 128), TCodes.Broadcast(codes[2]));
        odd = TCodes.Dot(odd, CacheLines.Load<TCodes, TFloats>(bytes + 192, next + 192), TCodes.Broadcast(codes[3]));
        even = TCodes.Dot(even, CacheLines.Load<TCodes, TFloats>(bytes + 256, next + 256), TCodes.Broadcast(codes[4]));
        odd = TCodes.Dot(odd, CacheLines.Load<TCodes, TFloats>(bytes + 320, next + 320), TCodes.Broadcast(codes[5]));
        even = TCodes.Dot(even, CacheLines.Load<TCodes, TFloats>(bytes + 384, next + 384), TCodes.Broadcast(codes[6]));
        odd = TCodes.Dot(odd, CacheLines.Load<TCodes, TFloats>(bytes + 448, next + 448), TCodes.Broadcast(codes[7]));

        TCodes dot = even + odd - TCodes.Broadcast(128 * *x.Sums);
        return TFloats.MultiplyAdd(TCodes.ToSingle(dot), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
    }
}
