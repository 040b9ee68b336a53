using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Sums of codes of two bits.</summary>
internal static unsafe class TwoBits
{
    /// <summary>Σ code · activation over 16 elements; the code is in the lowest bits of every byte, other bits are ignored.</summary>
    /// <param name="b0">Elements 0 to 3 of 16 rows.</param>
    /// <param name="b1">Elements 4 to 7.</param>
    /// <param name="b2">Elements 8 to 11.</param>
    /// <param name="b3">Elements 12 to 15.</param>
    /// <param name="codes">16 activations.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TCodes Dot<TCodes, TFloats>(TCodes b0, TCodes b1, TCodes b2, TCodes b3, int* codes)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes mask = TCodes.Broadcast(0x0303_0303);
        TCodes dot = TCodes.DotNarrow(TCodes.Broadcast(0), b0 & mask, TCodes.Broadcast(codes[0]));
        dot = TCodes.DotNarrow(dot, b1 & mask, TCodes.Broadcast(codes[1]));
        dot = TCodes.DotNarrow(dot, b2 & mask, TCodes.Broadcast(codes[2]));
        return TCodes.Widen(TCodes.DotNarrow(dot, b3 & mask, TCodes.Broadcast(codes[3])));
    }
}
