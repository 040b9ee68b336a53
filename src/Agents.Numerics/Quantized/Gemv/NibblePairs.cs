using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Sums of the formats whose 32 codes are the nibbles of 16 bytes: the lower ones first.</summary>
internal static unsafe class NibblePairs
{
    /// <summary>Σ nibble · activation over a block of 32.</summary>
    /// <param name="nibbles">Four elements of 16 rows.</param>
    /// <param name="ahead">What will be needed soon, in the same form.</param>
    /// <param name="codes">32 activations.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TCodes Dot<TCodes, TFloats>(byte* nibbles, byte* ahead, int* codes)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes mask = TCodes.Broadcast(0x0f0f_0f0f);
        TCodes a = CacheLines.Load<TCodes, TFloats>(nibbles, ahead);
        TCodes b = CacheLines.Load<TCodes, TFloats>(nibbles + 64, ahead + 64);
        TCodes lower = TCodes.DotNarrow(TCodes.Broadcast(0), a & mask, TCodes.Broadcast(codes[0]));
        TCodes upper = TCodes.DotNarrow(TCodes.Broadcast(0), (a >>> 4) & mask, TCodes.Broadcast(codes[4]));
        lower = TCodes.DotNarrow(lower, b & mask, TCodes.Broadcast(codes[1]));
        upper = TCodes.DotNarrow(upper, (b >>> 4) & mask, TCodes.Broadcast(codes[5]));
        a = CacheLines.Load<TCodes, TFloats>(nibbles + 128, ahead + 128);
        b = CacheLines.Load<TCodes, TFloats>(nibbles + 192, ahead + 192);
        lower = TCodes.DotNarrow(lower, a & mask, TCodes.Broadcast(codes[2]));
        upper = TCodes.DotNarrow(upper, (a >>> 4) & mask, TCodes.Broadcast(codes[6]));
        lower = TCodes.DotNarrow(lower, b & mask, TCodes.Broadcast(codes[3]));
        upper = TCodes.DotNarrow(upper, (b >>> 4) & mask, TCodes.Broadcast(codes[7]));

        // Eight dots of nibbles fit 16 bits.
        return TCodes.Widen(TCodes.AddNarrow(lower, upper));
    }

    /// <summary>The same with a fifth bit per code.</summary>
    /// <param name="nibbles">Four elements of 16 rows.</param>
    /// <param name="fifth">One element of 16 rows: bit k belongs to code k.</param>
    /// <param name="ahead">What will be needed soon, in the same form.</param>
    /// <param name="codes">32 activations.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TCodes DotWithFifth<TCodes, TFloats>(byte* nibbles, byte* fifth, PanelBlock ahead, int* codes)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes mask = TCodes.Broadcast(0x0f0f_0f0f);
        TCodes bits = CacheLines.Load<TCodes, TFloats>(fifth, ahead.Second);
        TCodes pair = CacheLines.Load<TCodes, TFloats>(nibbles, ahead.Third);
        TCodes lower = TCodes.DotNarrow(TCodes.Broadcast(0), (pair & mask) | Spread<TCodes, TFloats>(bits), TCodes.Broadcast(codes[0]));
        TCodes upper = TCodes.DotNarrow(TCodes.Broadcast(0), ((pair >>> 4) & mask) | Spread<TCodes, TFloats>(bits >>> 16), TCodes.Broadcast(codes[4]));
        pair = CacheLines.Load<TCodes, TFloats>(nibbles + 64, ahead.Third + 64);
        lower = TCodes.DotNarrow(lower, (pair & mask) | Spread<TCodes, TFloats>(bits >>> 4), TCodes.Broadcast(codes[1]));
        upper = TCodes.DotNarrow(upper, ((pair >>> 4) & mask) | Spread<TCodes, TFloats>(bits >>> 20), TCodes.Broadcast(codes[5]));
        pair = CacheLines.Load<TCodes, TFloats>(nibbles + 128, ahead.Third + 128);
        lower = TCodes.DotNarrow(lower, (pair & mask) | Spread<TCodes, TFloats>(bits >>> 8), TCodes.Broadcast(codes[2]));
        upper = TCodes.DotNarrow(upper, ((pair >>> 4) & mask) | Spread<TCodes, TFloats>(bits >>> 24), TCodes.Broadcast(codes[6]));
        pair = CacheLines.Load<TCodes, TFloats>(nibbles + 192, ahead.Third + 192);
        lower = TCodes.DotNarrow(lower, (pair & mask) | Spread<TCodes, TFloats>(bits >>> 12), TCodes.Broadcast(codes[3]));
        upper = TCodes.DotNarrow(upper, ((pair >>> 4) & mask) | Spread<TCodes, TFloats>(bits >>> 28), TCodes.Broadcast(codes[7]));
        return TCodes.Widen(lower) + TCodes.Widen(upper);
    }

    /// <summary>Adds the dots of the lower and the upper nibbles of 8 elements to two sums, which takes all room in 16 bits.</summary>
    /// <param name="nibbles">Eight elements of 16 rows.</param>
    /// <param name="ahead">What will be needed soon, in the same form.</param>
    /// <param name="codes">Activations of the lower nibbles, then those of the upper ones.</param>
    /// <param name="upper">Receives the sum of the upper nibbles.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TCodes DotEight<TCodes, TFloats>(byte* nibbles, byte* ahead, int* codes, out TCodes upper)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes mask = TCodes.Broadcast(0x0f0f_0f0f);
        TCodes a = CacheLines.Load<TCodes, TFloats>(nibbles, ahead);
        TCodes b = CacheLines.Load<TCodes, TFloats>(nibbles + 64, ahead + 64);
        TCodes low = TCodes.DotNarrow(TCodes.Broadcast(0), a & mask, TCodes.Broadcast(codes[0]));
        TCodes high = TCodes.DotNarrow(TCodes.Broadcast(0), (a >>> 4) & mask, TCodes.Broadcast(codes[8]));
        low = TCodes.DotNarrow(low, b & mask, TCodes.Broadcast(codes[1]));
        high = TCodes.DotNarrow(high, (b >>> 4) & mask, TCodes.Broadcast(codes[9]));
        a = CacheLines.Load<TCodes, TFloats>(nibbles + 128, ahead + 128);
        b = CacheLines.Load<TCodes, TFloats>(nibbles + 192, ahead + 192);
        low = TCodes.DotNarrow(low, a & mask, TCodes.Broadcast(codes[2]));
        high = TCodes.DotNarrow(high, (a >>> 4) & mask, TCodes.Broadcast(codes[10]));
        low = TCodes.DotNarrow(low, b & mask, TCodes.Broadcast(codes[3]));
        high = TCodes.DotNarrow(high, (b >>> 4) & mask, TCodes.Broadcast(codes[11]));
        a = CacheLines.Load<TCodes, TFloats>(nibbles + 256, ahead + 256);
        b = CacheLines.Load<TCodes, TFloats>(nibbles + 320, ahead + 320);
        low = TCodes.DotNarrow(low, a & mask, TCodes.Broadcast(codes[4]));
        high = TCodes.DotNarrow(high, (a >>> 4) & mask, TCodes.Broadcast(codes[12]));
        low = TCodes.DotNarrow(low, b & mask, TCodes.Broadcast(codes[5]));
        high = TCodes.DotNarrow(high, (b >>> 4) & mask, TCodes.Broadcast(codes[13]));
        a = CacheLines.Load<TCodes, TFloats>(nibbles + 384, ahead + 384);
        b = CacheLines.Load<TCodes, TFloats>(nibbles + 448, ahead + 448);
        low = TCodes.DotNarrow(low, a & mask, TCodes.Broadcast(codes[6]));
        high = TCodes.DotNarrow(high, (a >>> 4) & mask, TCodes.Broadcast(codes[14]));
        low = TCodes.DotNarrow(low, b & mask, TCodes.Broadcast(codes[7]));
        high = TCodes.DotNarrow(high, (b >>> 4) & mask, TCodes.Broadcast(codes[15]));
        upper = TCodes.Widen(high);
        return TCodes.Widen(low);
    }

    // Multiplying by 1 + 2^7 + 2^14 + 2^21 copies bit i to bit 8i without a carry; four more places make it the fifth bit of byte i.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TCodes Spread<TCodes, TFloats>(TCodes bits)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats> =>
        ((bits & TCodes.Broadcast(15)) * TCodes.Broadcast(0x0204_0810)) & TCodes.Broadcast(0x1010_1010);
}
