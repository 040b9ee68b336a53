using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Formats;

/// <summary>Refuses blocks that a format cannot hold, instead of storing garbage.</summary>
internal static class BlockRange
{
    /// <summary>Far above what any half-precision scale reaches, far below where sums of squares overflow.</summary>
    private const float Largest = 1e9f;

    /// <summary>The values of one block.</summary>
    /// <param name="source">Many blocks.</param>
    /// <param name="format">For the message.</param>
    /// <param name="block">Index of the block.</param>
    /// <returns>Its values, all of them finite and at most 1e9 in magnitude.</returns>
    /// <exception cref="ArgumentException">A value is not finite or too large.</exception>
    public static ReadOnlySpan<float> Take(ReadOnlySpan<float> source, BlockFormat format, int block)
    {
        ReadOnlySpan<float> values = source.Slice(block * format.BlockElements, format.BlockElements);
        ref float from = ref MemoryMarshal.GetReference(values);
        Vector256<float> largest = Vector256<float>.Zero;
        for (int index = 0; index < values.Length; index += Vector256<float>.Count)
        {
            // Max hands NaN on.
            largest = Vector256.Max(largest, Vector256.Abs(Vector256.LoadUnsafe(ref from, (nuint)index)));
        }

        if (!Vector256.LessThanOrEqualAll(largest, Vector256.Create(Largest)))
        {
            Refuse(format, block);
        }

        return values;
    }

    /// <summary>Rounds a scale to half precision.</summary>
    /// <param name="scale">Scale or minimum of a block.</param>
    /// <param name="format">For the message.</param>
    /// <param name="block">Index of the block.</param>
    /// <returns>The bits of a finite half.</returns>
    /// <exception cref="ArgumentException">The scale is larger than 65504, so a value of the block is larger than the format can hold.</exception>
    public static ushort Half(float scale, BlockFormat format, int block)
    {
        ushort half = Float16Conversion.FromSingle(scale);
        if (!float.IsFinite(Float16Conversion.ToSingle(half)))
        {
            Refuse(format, block);
        }

        return half;
    }

    /// <summary>The smallest and the largest value.</summary>
    /// <param name="values">At least one value, none of them NaN.</param>
    public static (float Minimum, float Maximum) Bounds(ReadOnlySpan<float> values)
    {
        float minimum = values[0];
        float maximum = values[0];
        foreach (float value in values)
        {
            minimum = value < minimum ? value : minimum;
            maximum = value > maximum ? value : maximum;
        }

        return (minimum, maximum);
    }

    /// <summary>The reciprocal of a scale; 0 where there is none. Below 2^-128 it overflows; the stored half is zero there anyway.</summary>
    /// <param name="scale">Scale of a block.</param>
    public static float Inverse(float scale)
    {
        float inverse = scale == 0 ? 0 : 1f / scale;
        return float.IsInfinity(inverse) ? 0 : inverse;
    }

    [DoesNotReturn]
    private static void Refuse(BlockFormat format, int block)
    {
        int first = block * format.BlockElements;
        throw new ArgumentException(
            $"{format.Name} cannot hold the block of elements {first} to {first + format.BlockElements - 1}: a value is not finite or too large for a scale of at most 65504.");
    }
}
