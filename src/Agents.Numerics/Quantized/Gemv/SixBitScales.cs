using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>The 12 bytes in which Q4_K and Q5_K keep 8 scales and 8 minimums of 6 bits.</summary>
internal static unsafe class SixBitScales
{
    /// <summary>The scale of a sub-block.</summary>
    /// <param name="packed">[12 bytes, 16 rows].</param>
    /// <param name="part">Sub-block.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TCodes Scale<TCodes, TFloats>(byte* packed, int part)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats> =>
        part < 4
            ? TCodes.LoadBytes(packed + (16 * part)) & TCodes.Broadcast(63)
            : (TCodes.LoadBytes(packed + (16 * (part + 4))) & TCodes.Broadcast(15))
                | ((TCodes.LoadBytes(packed + (16 * (part - 4))) >>> 2) & TCodes.Broadcast(48));

    /// <summary>The minimum of a sub-block.</summary>
    /// <param name="packed">[12 bytes, 16 rows].</param>
    /// <param name="part">Sub-block.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TCodes Minimum<TCodes, TFloats>(byte* packed, int part)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats> =>
        part < 4
            ? TCodes.LoadBytes(packed + (16 * (part + 4))) & TCodes.Broadcast(63)
            : (TCodes.LoadBytes(packed + (16 * (part + 4))) >>> 4)
                | ((TCodes.LoadBytes(packed + (16 * part)) >>> 2) & TCodes.Broadcast(48));

    /// <summary>Σ minimum · Σq over the 8 sub-blocks.</summary>
    /// <param name="packed">[12 bytes, 16 rows].</param>
    /// <param name="sums">Sums of every 16 activations.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static TCodes Minimums<TCodes, TFloats>(byte* packed, int* sums)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats> =>
        (Minimum<TCodes, TFloats>(packed, 0) * TCodes.Broadcast(sums[0] + sums[1]))
        + (Minimum<TCodes, TFloats>(packed, 1) * TCodes.Broadcast(sums[2] + sums[3]))
        + (Minimum<TCodes, TFloats>(packed, 2) * TCodes.Broadcast(sums[4] + sums[5]))
        + (Minimum<TCodes, TFloats>(packed, 3) * TCodes.Broadcast(sums[6] + sums[7]))
        + (Minimum<TCodes, TFloats>(packed, 4) * TCodes.Broadcast(sums[8] + sums[9]))
        + (Minimum<TCodes, TFloats>(packed, 5) * TCodes.Broadcast(sums[10] + sums[11]))
        + (Minimum<TCodes, TFloats>(packed, 6) * TCodes.Broadcast(sums[12] + sums[13]))
        + (Minimum<TCodes, TFloats>(packed, 7) * TCodes.Broadcast(sums[14] + sums[15]));
}
