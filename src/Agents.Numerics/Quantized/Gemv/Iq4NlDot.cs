using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>IQ4_NL: nibbles that stand for 16 levels.</summary>
internal readonly unsafe struct Iq4NlDot : IPanelDot
{
    // The levels plus 128: byte products want one operand without a sign.
    private static ReadOnlySpan<byte> Levels => [1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241];

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
        TCodes levels = TCodes.LoadTable((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Levels)));
        TCodes mask = TCodes.Broadcast(0x0f0f_0f0f);
        TCodes a = CacheLines.Load<TCodes, TFloats>(panel.Second, ahead.Second);
        TCodes b = CacheLines.Load<TCodes, TFloats>(panel.Second + 64, ahead.Second + 64);
        TCodes lower = TCodes.Dot(TCodes.Broadcast(0), TCodes.Lookup(levels, a & mask), TCodes.Broadcast(codes[0]));
        TCodes upper = TCodes.Dot(TCodes.Broadcast(0), TCodes.Lookup(levels, (a >>> 4) & mask), TCodes.Broadcast(codes[4]));
        lower = TCodes.Dot(lower, TCodes.Lookup(levels, b & mask), TCodes.Broadcast(codes[1]));
        upper = TCodes.Dot(upper, TCodes.Lookup(levels, (b >>> 4) & mask), TCodes.Broadcast(codes[5]));
        a = CacheLines.Load<TCodes, TFloats>(panel.Second + 128, ahead.Second + 128);
        b = CacheLines.Load<TCodes, TFloats>(panel.Second + 192, ahead.Second + 192);
        lower = TCodes.Dot(lower, TCodes.Lookup(levels, a & mask), TCodes.Broadcast(codes[2]));
        upper = TCodes.Dot(upper, TCodes.Lookup(levels, (a >>> 4) & mask), TCodes.Broadcast(codes[6]));
        lower = TCodes.Dot(lower, TCodes.Lookup(levels, b & mask), TCodes.Broadcast(codes[3]));
        upper = TCodes.Dot(upper, TCodes.Lookup(levels, (b >>> 4) & mask), TCodes.Broadcast(codes[7]));

        TCodes dot = lower + upper - TCodes.Broadcast(128 * *x.Sums);
        return TFloats.MultiplyAdd(TCodes.ToSingle(dot), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
    }
}
