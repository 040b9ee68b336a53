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
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        TCodes mask = TCodes.Broadcast(0x0303_0303);
        TCodes dot = TCodes.Broadcast(-TernaryOffset.Sum(x.Sums));
        for (int half = 0; half < 2; half++)
        {
            // 32 dots of at most 3: 42 would fit 16 bits.
            TCodes even = TCodes.Broadcast(0);
            TCodes odd = TCodes.Broadcast(0);
            byte* bytes = panel.Second + (512 * half);
            int* at = codes + (32 * half);
            for (int element = 0; element < 8; element++)
            {
                TCodes four = TCodes.Load(bytes + (64 * element));
                even = TCodes.DotNarrow(even, four & mask, TCodes.Broadcast(at[element]));
                odd = TCodes.DotNarrow(odd, (four >>> 2) & mask, TCodes.Broadcast(at[8 + element]));
                even = TCodes.DotNarrow(even, (four >>> 4) & mask, TCodes.Broadcast(at[16 + element]));
                odd = TCodes.DotNarrow(odd, (four >>> 6) & mask, TCodes.Broadcast(at[24 + element]));
            }

            dot += TCodes.Widen(even) + TCodes.Widen(odd);
        }

        return TFloats.MultiplyAdd(TCodes.ToSingle(dot), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
    }
}
