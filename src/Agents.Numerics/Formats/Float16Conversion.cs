using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Formats;

/// <summary>
/// Conversions between IEEE half and single precision. .NET exposes no F16C instruction, so widening shifts the half's bits into a
/// single with a too small exponent and multiplies by 2^112: exact for every finite value, subnormal ones included.
/// </summary>
public static class Float16Conversion
{
    private const uint Magnitude = 0x7fff;
    private const uint ShiftedInfinity = 0x7c00u << 13;
    private const uint SingleInfinity = 0x7f80_0000;

    // 2^112 re-biases the exponent: 127 (single) - 15 (half).
    private const float Rebias = 5.192296858534828e33f;

    /// <summary>Widens one half. Payload and sign of a NaN are kept.</summary>
    /// <param name="half">The 16 bits.</param>
    /// <returns>The same value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort half)
    {
        uint shifted = (half & Magnitude) << 13;
        uint bits = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(shifted) * Rebias);
        bits |= shifted >= ShiftedInfinity ? SingleInfinity : 0;
        return BitConverter.UInt32BitsToSingle(bits | ((uint)(half >> 15) << 31));
    }

    /// <summary>Narrows one single: nearest half, ties to even; too large values become infinite, NaN stays NaN.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The 16 bits of the half.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort FromSingle(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>Widens many halves.</summary>
    /// <param name="source">The 16-bit patterns.</param>
    /// <param name="destination">Receives the values; as long as the source.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        if (source.Length != destination.Length)
        {
            throw new ArgumentException($"{source.Length} halves do not fill {destination.Length} singles.", nameof(destination));
        }

        ref ushort from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(destination);
        int index = 0;
        for (; index <= source.Length - Vector256<ushort>.Count; index += Vector256<ushort>.Count)
        {
            (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)index));
            WidenLanes(lower).StoreUnsafe(ref to, (nuint)index);
            WidenLanes(upper).StoreUnsafe(ref to, (nuint)(index + Vector256<float>.Count));
        }

        for (; index < source.Length; index++)
        {
            destination[index] = ToSingle(source[index]);
        }
    }

    /// <summary>Narrows many singles as <see cref="FromSingle"/> does.</summary>
    /// <param name="source">The values.</param>
    /// <param name="destination">Receives the 16-bit patterns; as long as the source.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        if (source.Length != destination.Length)
        {
            throw new ArgumentException($"{source.Length} singles do not fill {destination.Length} halves.", nameof(destination));
        }

        for (int index = 0; index < source.Length; index++)
        {
            destination[index] = FromSingle(source[index]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WidenLanes(Vector256<uint> half)
    {
        Vector256<uint> shifted = (half & Vector256.Create(Magnitude)) << 13;
        Vector256<uint> bits = (shifted.AsSingle() * Vector256.Create(Rebias)).AsUInt32();
        Vector256<uint> special = Vector256.GreaterThanOrEqual(shifted.AsInt32(), Vector256.Create((int)ShiftedInfinity)).AsUInt32();
        Vector256<uint> sign = (half >> 15) << 31;
        return (bits | (special & Vector256.Create(SingleInfinity)) | sign).AsSingle();
    }
}
