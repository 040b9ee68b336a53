using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Formats;

/// <summary>
/// Q8_0: blocks of 32 as a half-precision scale d and 32 signed bytes q, value d·q.
/// Encoding: d = max|x|/127 and 1/d in single precision, q = x·(1/d) rounded half away from zero, d stored as half.
/// </summary>
/// <remarks>
/// The codes are made with the unrounded d, as the reference encoder does. Values that are not finite, or so large (above 127·65504) that
/// d would be infinite, are refused with <see cref="ArgumentException"/> instead of being stored as garbage.
/// </remarks>
public sealed class Q80Format() : BlockFormat(ElementType.Q8_0)
{
    /// <summary>Elements per block.</summary>
    public const int Elements = 32;

    /// <summary>Bytes per block.</summary>
    public const int Bytes = 34;

    private const int ScaleBytes = 2;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Elements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * Bytes, Bytes);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored));
            ref float to = ref MemoryMarshal.GetReference(destination.Slice(block * Elements, Elements));
            Vector256<sbyte> codes = Vector256.LoadUnsafe(ref Unsafe.AsRef(in stored[ScaleBytes])).AsSByte();
            (Vector256<short> lower, Vector256<short> upper) = Vector256.Widen(codes);
            StoreScaled(lower, scale, ref to);
            StoreScaled(upper, scale, ref Unsafe.Add(ref to, Elements / 2));
        }
    }

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (int block = 0; block < source.Length / Elements; block++)
        {
            ReadOnlySpan<float> values = source.Slice(block * Elements, Elements);
            Span<byte> stored = destination.Slice(block * Bytes, Bytes);
            ref float from = ref MemoryMarshal.GetReference(values);
            Vector256<float> x0 = Vector256.LoadUnsafe(ref from);
            Vector256<float> x1 = Vector256.LoadUnsafe(ref from, 8);
            Vector256<float> x2 = Vector256.LoadUnsafe(ref from, 16);
            Vector256<float> x3 = Vector256.LoadUnsafe(ref from, 24);
            float scale = LargestMagnitude(x0, x1, x2, x3) / 127f;
            ushort half = Float16Conversion.FromSingle(scale);
            if (!float.IsFinite(Float16Conversion.ToSingle(half)))
            {
                throw new ArgumentException(
                    $"Q8_0 cannot hold the block of elements {block * Elements} to {(block * Elements) + Elements - 1}: a value is not finite or exceeds 127 x 65504.",
                    nameof(source));
            }

            // Below 2^-128 the reciprocal overflows; the stored half is zero there anyway.
            float inverse = scale == 0 ? 0 : 1f / scale;
            inverse = float.IsInfinity(inverse) ? 0 : inverse;
            BinaryPrimitives.WriteUInt16LittleEndian(stored, half);
            Vector256<short> lower = Vector256.Narrow(RoundAway(x0 * inverse), RoundAway(x1 * inverse));
            Vector256<short> upper = Vector256.Narrow(RoundAway(x2 * inverse), RoundAway(x3 * inverse));
            Vector256.Narrow(lower, upper).AsByte().StoreUnsafe(ref stored[ScaleBytes]);
        }
    }

    private static float LargestMagnitude(Vector256<float> x0, Vector256<float> x1, Vector256<float> x2, Vector256<float> x3)
    {
        // Max hands NaN on, so a NaN anywhere in the block reaches the check of the scale.
        Vector256<float> pairs = Vector256.Max(
            Vector256.Max(Vector256.Abs(x0), Vector256.Abs(x1)),
            Vector256.Max(Vector256.Abs(x2), Vector256.Abs(x3)));
        Vector128<float> four = Vector128.Max(pairs.GetLower(), pairs.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> RoundAway(Vector256<float> value)
    {
        // Adding a half before truncation would round 0.49999997 up; the fraction left by truncation is exact.
        Vector256<float> whole = Vector256.Truncate(value);
        Vector256<float> fraction = Vector256.Abs(value - whole);
        Vector256<float> step = Vector256.CopySign(Vector256<float>.One, value);
        Vector256<float> away = Vector256.GreaterThanOrEqual(fraction, Vector256.Create(0.5f)) & step;
        return Vector256.ConvertToInt32(whole + away);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreScaled(Vector256<short> codes, float scale, ref float destination)
    {
        (Vector256<int> lower, Vector256<int> upper) = Vector256.Widen(codes);
        (Vector256.ConvertToSingle(lower) * scale).StoreUnsafe(ref destination);
        (Vector256.ConvertToSingle(upper) * scale).StoreUnsafe(ref destination, 8);
    }
}
