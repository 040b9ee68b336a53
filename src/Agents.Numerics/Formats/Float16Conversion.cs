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

    // Bits of singles: 65520 (the first value that rounds to infinity), 2^-14 (the smallest normal half), 1/2.
    private const int SmallestOverflow = 0x477f_f000;
    private const int SmallestNormal = 0x3880_0000;
    private const int OneHalf = 0x3f00_0000;

    private const int HalfInfinity = 0x7c00;
    private const int HalfQuietNaN = 0x7e00;
    private const int HalfFraction = 0x03ff;

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

        ref float from = ref MemoryMarshal.GetReference(source);
        ref ushort to = ref MemoryMarshal.GetReference(destination);
        int index = 0;
        for (; index <= source.Length - Vector256<ushort>.Count; index += Vector256<ushort>.Count)
        {
            Vector256<uint> lower = NarrowLanes(Vector256.LoadUnsafe(ref from, (nuint)index).AsUInt32());
            Vector256<uint> upper = NarrowLanes(Vector256.LoadUnsafe(ref from, (nuint)(index + Vector256<float>.Count)).AsUInt32());
            Vector256.Narrow(lower, upper).StoreUnsafe(ref to, (nuint)index);
        }

        for (; index < source.Length; index++)
        {
            destination[index] = FromSingle(source[index]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> NarrowLanes(Vector256<uint> bits)
    {
        Vector256<int> magnitude = (bits & Vector256.Create(0x7fff_ffffu)).AsInt32();

        // Normal results: re-bias the exponent and round the 13 lost bits; a carry into the exponent is the right result, up to infinity.
        Vector256<int> odd = (magnitude >>> 13) & Vector256<int>.One;
        Vector256<int> normal = (magnitude + odd + Vector256.Create(0xfff - (112 << 23))) >>> 13;
        normal = Vector256.ConditionalSelect(
            Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(SmallestOverflow)), Vector256.Create(HalfInfinity), normal);

        // Subnormal results: adding 1/2 lets the addition itself round to multiples of 2^-24, the step of subnormal halves.
        Vector256<int> subnormal = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsInt32() - Vector256.Create(OneHalf);
        Vector256<int> result = Vector256.ConditionalSelect(
            Vector256.LessThan(magnitude, Vector256.Create(SmallestNormal)), subnormal, normal);
        Vector256<int> quiet = ((magnitude >>> 13) & Vector256.Create(HalfFraction)) | Vector256.Create(HalfQuietNaN);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create((int)SingleInfinity)), quiet, result);
        return result.AsUInt32() | ((bits >> 31) << 15);
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
