using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Formats;

/// <summary>
/// Sixteen small integer codes at a time on their way between packed bytes and single precision. Products and sums are rounded one after
/// the other, never fused, so a decoded value is the same on every machine.
/// </summary>
internal static class CodeLanes
{
    /// <summary>Codes per call.</summary>
    public const int Count = 16;

    /// <summary>Loads sixteen bytes.</summary>
    /// <param name="source">Stored bytes.</param>
    /// <param name="offset">First byte; sixteen must follow.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(ReadOnlySpan<byte> source, int offset) => Vector128.Create(source.Slice(offset, Count));

    /// <summary>Takes some bits of each byte.</summary>
    /// <param name="bytes">Packed codes.</param>
    /// <param name="shift">First bit, 0 to 7.</param>
    /// <param name="mask">Largest code, such as 15 for four bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Field(Vector128<byte> bytes, int shift, byte mask) =>
        (bytes.AsUInt16() >>> shift).AsByte() & Vector128.Create(mask);

    /// <summary>Turns sixteen bits into sixteen bytes.</summary>
    /// <param name="bits">Bit i belongs to lane i.</param>
    /// <param name="value">The byte of a set bit; others become 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Spread(uint bits, byte value)
    {
        Vector128<byte> ofLane = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
        Vector128<byte> both = Vector128.Shuffle(
            Vector128.CreateScalar(bits).AsByte(), Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
        return Vector128.Equals(both & ofLane, ofLane) & Vector128.Create(value);
    }

    /// <summary>Stores scale · code.</summary>
    /// <param name="codes">Signed codes.</param>
    /// <param name="scale">Factor.</param>
    /// <param name="destination">Receives sixteen values.</param>
    /// <param name="offset">First element.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScaled(Vector128<sbyte> codes, float scale, Span<float> destination, int offset)
    {
        ref float to = ref MemoryMarshal.GetReference(destination.Slice(offset, Count));
        (Vector256<float> lower, Vector256<float> upper) = Singles(codes);
        (lower * scale).StoreUnsafe(ref to);
        (upper * scale).StoreUnsafe(ref to, 8);
    }

    /// <summary>Stores scale · code + shift.</summary>
    /// <param name="codes">Codes up to 127.</param>
    /// <param name="scale">Factor.</param>
    /// <param name="shift">Added to the rounded product; a minimum is subtracted by adding its negative, which is the same number.</param>
    /// <param name="destination">Receives sixteen values.</param>
    /// <param name="offset">First element.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAffine(Vector128<byte> codes, float scale, float shift, Span<float> destination, int offset)
    {
        ref float to = ref MemoryMarshal.GetReference(destination.Slice(offset, Count));
        (Vector256<float> lower, Vector256<float> upper) = Singles(codes.AsSByte());
        Vector256<float> added = Vector256.Create(shift);
        ((lower * scale) + added).StoreUnsafe(ref to);
        ((upper * scale) + added).StoreUnsafe(ref to, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Lower, Vector256<float> Upper) Singles(Vector128<sbyte> codes)
    {
        (Vector128<short> lower, Vector128<short> upper) = Vector128.Widen(codes);
        (Vector256<int> first, Vector256<int> second) = Vector256.Widen(Vector256.Create(lower, upper));
        return (Vector256.ConvertToSingle(first), Vector256.ConvertToSingle(second));
    }
}
