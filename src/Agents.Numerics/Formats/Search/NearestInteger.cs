using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Formats.Search;

/// <summary>Rounding to the nearest integer of a range, ties to even.</summary>
internal static class NearestInteger
{
    // 1.5 * 2^23: the sum has steps of one, so the addition itself rounds.
    private const float Shift = 12582912f;

    /// <summary>Rounds one value.</summary>
    /// <param name="value">Any value but NaN.</param>
    /// <param name="minimum">Smallest result, above -2^22.</param>
    /// <param name="maximum">Largest result, below 2^22.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Clamped(float value, int minimum, int maximum)
    {
        // Clamping first gives the same integer and keeps the addition in its range.
        float inside = float.MaxNative(float.MinNative(value, maximum), minimum);
        return BitConverter.SingleToInt32Bits(inside + Shift) - BitConverter.SingleToInt32Bits(Shift);
    }

    /// <summary>Rounds eight values, which stay in single precision.</summary>
    /// <param name="values">Any values but NaN.</param>
    /// <param name="minimum">Smallest result.</param>
    /// <param name="maximum">Largest result.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Clamped(Vector256<float> values, Vector256<float> minimum, Vector256<float> maximum)
    {
        Vector256<float> shift = Vector256.Create(Shift);
        Vector256<float> inside = Vector256.MaxNative(Vector256.MinNative(values, maximum), minimum);
        return (inside + shift) - shift;
    }
}
