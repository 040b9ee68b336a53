using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>TQ1_0: five trits per byte as digits of base 3, offset 1.</summary>
internal readonly unsafe struct Tq10Dot : IPanelDot
{
    /// <inheritdoc/>
    public static int BlockElements => 256;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, PanelBlock ahead, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        CacheLines.One(ahead.Scales);
        // 8 bytes hold the elements 32 apart, 4 those 16 apart, and one (of four digits) those 4 apart: at most 22 dots of up to 2 per 16-bit sum.
        TCodes dot = TCodes.Broadcast(-TernaryOffset.Sum(x.Sums));
        TCodes even = TCodes.Broadcast(0);
        TCodes odd = TCodes.Broadcast(0);
        for (int element = 0; element < 8; element += 2)
        {
            even = Digits<TCodes, TFloats>(even, CacheLines.Load<TCodes, TFloats>(panel.Second + (64 * element), ahead.Second + (64 * element)), codes + element, 8);
            odd = Digits<TCodes, TFloats>(odd, CacheLines.Load<TCodes, TFloats>(panel.Second + (64 * element) + 64, ahead.Second + (64 * element) + 64), codes + element + 1, 8);
        }

        dot += TCodes.Widen(even) + TCodes.Widen(odd);
        even = TCodes.Broadcast(0);
        odd = TCodes.Broadcast(0);
        for (int element = 0; element < 4; element += 2)
        {
            even = Digits<TCodes, TFloats>(even, CacheLines.Load<TCodes, TFloats>(panel.Second + 512 + (64 * element), ahead.Second + 512 + (64 * element)), codes + 40 + element, 4);
            odd = Digits<TCodes, TFloats>(odd, CacheLines.Load<TCodes, TFloats>(panel.Second + 576 + (64 * element), ahead.Second + 576 + (64 * element)), codes + 41 + element, 4);
        }

        even = FourDigits<TCodes, TFloats>(even, CacheLines.Load<TCodes, TFloats>(panel.Third, ahead.Third), codes + 60, 1, out _);
        dot += TCodes.Widen(even) + TCodes.Widen(odd);
        return TFloats.MultiplyAdd(TCodes.ToSingle(dot), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TCodes Digits<TCodes, TFloats>(TCodes sum, TCodes packed, int* codes, int distance)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        sum = FourDigits<TCodes, TFloats>(sum, packed, codes, distance, out TCodes rest);
        return TCodes.DotNarrow(sum, Digit<TCodes, TFloats>(rest), TCodes.Broadcast(codes[4 * distance]));
    }

    // A byte is a fraction of 256 in base 3: multiplied by 3, its whole part is the next digit and the fraction is the rest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TCodes FourDigits<TCodes, TFloats>(TCodes sum, TCodes packed, int* codes, int distance, out TCodes rest)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        for (int digit = 0; digit < 4; digit++)
        {
            sum = TCodes.DotNarrow(sum, Digit<TCodes, TFloats>(packed), TCodes.Broadcast(codes[digit * distance]));
            packed = TCodes.AddBytes(packed, TCodes.AddBytes(packed, packed));
        }

        rest = packed;
        return sum;
    }

    // floor(3 · byte / 256): 1 from 86, 2 from 171.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TCodes Digit<TCodes, TFloats>(TCodes packed)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats> =>
        TCodes.AddBytes(TCodes.Exceeds(packed, 85), TCodes.Exceeds(packed, 170));
}
