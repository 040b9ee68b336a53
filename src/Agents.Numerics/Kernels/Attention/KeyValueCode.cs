using Agents.Numerics.Formats;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>Rounds numbers for F16 and Q8_0 stores (see <see cref="KeyValueLayout"/>); every path and the reference call this same code.</summary>
internal static unsafe class KeyValueCode
{
    private const float LargestHalf = 65504;
    private const float LargestCode = 127;
    private const int Chunk = 64;

    /// <summary>The nearest finite half; NaN stays NaN.</summary>
    public static ushort Half(float value) => Float16Conversion.FromSingle(Math.Clamp(value, -LargestHalf, LargestHalf));

    /// <summary>The nearest finite halves.</summary>
    /// <param name="source">[count].</param>
    /// <param name="count">Components.</param>
    /// <param name="halves">Receives the bits.</param>
    public static void Halves(float* source, int count, ushort* halves)
    {
        float* bounded = stackalloc float[Chunk];
        for (int first = 0; first < count; first += Chunk)
        {
            int part = Math.Min(Chunk, count - first);
            for (int i = 0; i < part; i++)
            {
                bounded[i] = Math.Clamp(source[first + i], -LargestHalf, LargestHalf);
            }

            Float16Conversion.Narrow(new ReadOnlySpan<float>(bounded, part), new Span<ushort>(halves + first, part));
        }
    }

    /// <summary>Codes a group of at most 32 components.</summary>
    /// <param name="source">[count].</param>
    /// <param name="count">Components.</param>
    /// <param name="codes">Receives the codes.</param>
    /// <param name="stride">Elements from one code to the next.</param>
    /// <returns>The scale, a half.</returns>
    public static ushort Codes(float* source, int count, sbyte* codes, int stride)
    {
        float largest = 0;
        for (int i = 0; i < count; i++)
        {
            // Max hands NaN on.
            largest = MathF.Max(largest, MathF.Abs(source[i]));
        }

        ushort half = Half(largest / LargestCode);
        float scale = Float16Conversion.ToSingle(half);
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < count; i++)
        {
            float code = Math.Clamp(MathF.Round(source[i] * inverse), -LargestCode, LargestCode);
            codes[(long)i * stride] = float.IsNaN(code) ? (sbyte)0 : (sbyte)code;
        }

        return half;
    }
}
