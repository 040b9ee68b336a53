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
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        TCodes even = TCodes.Broadcast(0);
        TCodes odd = TCodes.Broadcast(0);
        for (int element = 0; element < 8; element += 2)
        {
            even = TCodes.Dot(even, TCodes.Load(panel.Second + (64 * element)), TCodes.Broadcast(codes[element]));
            odd = TCodes.Dot(odd, TCodes.Load(panel.Second + (64 * element) + 64), TCodes.Broadcast(codes[element + 1]));
        }

        TCodes dot = even + odd - TCodes.Broadcast(128 * *x.Sums);
        return TFloats.MultiplyAdd(TCodes.ToSingle(dot), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
    }
}
