using System.Runtime.CompilerServices;
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
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        byte* levels = (byte*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(Levels));
        TCodes mask = TCodes.Broadcast(0x0f0f_0f0f);
        TCodes lower = TCodes.Broadcast(0);
        TCodes upper = TCodes.Broadcast(0);
        for (int element = 0; element < 4; element++)
        {
            TCodes pair = TCodes.Load(panel.Second + (64 * element));
            lower = TCodes.Dot(lower, TCodes.Lookup(levels, pair & mask), TCodes.Broadcast(codes[element]));
            upper = TCodes.Dot(upper, TCodes.Lookup(levels, (pair >>> 4) & mask), TCodes.Broadcast(codes[4 + element]));
        }

        TCodes dot = lower + upper - TCodes.Broadcast(128 * *x.Sums);
        return TFloats.MultiplyAdd(TCodes.ToSingle(dot), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
    }
}
