using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Formats;

/// <summary>Conversions between bfloat16 (the upper half of a single) and single precision.</summary>
public static class BFloat16Conversion
{
    private const uint QuietBit = 0x0040;
    private const uint Infinity = 0x7f80_0000;

    /// <summary>Widens one bfloat16; exact.</summary>
    /// <param name="value">The 16 bits.</param>
    /// <returns>The same value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    /// <summary>
    /// Narrows one single: nearest bfloat16, ties to even. A NaN becomes quiet: otherwise cutting or rounding its payload could turn
    /// it into an infinity.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <returns>The 16 bits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort FromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | QuietBit)
            : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Widens many values.</summary>
    /// <param name="source">The 16-bit patterns.</param>
    /// <param name="destination">Receives the values; as long as the source.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        if (source.Length != destination.Length)
        {
            throw new ArgumentException($"{source.Length} bfloat16 values do not fill {destination.Length} singles.", nameof(destination));
        }

        ref ushort from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(destination);
        int index = 0;
        for (; index <= source.Length - Vector256<ushort>.Count; index += Vector256<ushort>.Count)
        {
            (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)index));
            (lower << 16).AsSingle().StoreUnsafe(ref to, (nuint)index);
            (upper << 16).AsSingle().StoreUnsafe(ref to, (nuint)(index + Vector256<float>.Count));
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
            throw new ArgumentException($"{source.Length} singles do not fill {destination.Length} bfloat16 values.", nameof(destination));
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
        Vector256<uint> top = bits >> 16;
        Vector256<uint> rounded = (bits + Vector256.Create(0x7fffu) + (top & Vector256<uint>.One)) >> 16;
        Vector256<int> magnitude = (bits & Vector256.Create(0x7fff_ffffu)).AsInt32();
        Vector256<uint> isNaN = Vector256.GreaterThan(magnitude, Vector256.Create((int)Infinity)).AsUInt32();
        return Vector256.ConditionalSelect(isNaN, top | Vector256.Create(QuietBit), rounded);
    }
}
