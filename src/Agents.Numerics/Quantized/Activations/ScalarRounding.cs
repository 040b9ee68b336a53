using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Activations;

/// <summary>
/// Rounds one block of activations, in plain code. A block with a value that is not finite gets codes 0 and d = NaN, so that every output
/// that reads it becomes NaN instead of a plausible number. A block whose values are so small that the reciprocal overflows counts as zero.
/// In blocks of 32 a d above the largest half becomes infinite, as it does in llama.cpp.
/// </summary>
internal static unsafe class ScalarRounding
{
    /// <summary>Largest code.</summary>
    public const float LargestCode = 127;

    private const uint Magnitude = 0x7fff_ffff;
    private const uint Infinity = 0x7f80_0000;

    /// <summary>Blocks of 32.</summary>
    /// <param name="x">[32].</param>
    /// <param name="codes">[32].</param>
    /// <param name="sum">Receives Σq.</param>
    /// <param name="scale">Receives d, rounded to half.</param>
    /// <returns>d before it was rounded.</returns>
    public static float Block32(float* x, sbyte* codes, out int sum, out float scale)
    {
        uint largest = Largest(x, 32, out _);
        if (largest >= Infinity)
        {
            return Poison(codes, 32, out sum, out scale);
        }

        float magnitude = BitConverter.UInt32BitsToSingle(largest);
        float d = magnitude / LargestCode;
        scale = Float16Conversion.ToSingle(Float16Conversion.FromSingle(d));
        float inverse = Finite(LargestCode / magnitude);
        sum = 0;
        for (int i = 0; i < 32; i++)
        {
            codes[i] = (sbyte)MathF.Round(x[i] * inverse, MidpointRounding.ToEven);
            sum += codes[i];
        }

        return d;
    }

    /// <summary>Blocks of 256.</summary>
    /// <param name="x">[256].</param>
    /// <param name="codes">[256].</param>
    /// <param name="sums">[16], receives Σq of every 16.</param>
    /// <returns>d.</returns>
    public static float Block256(float* x, sbyte* codes, int* sums)
    {
        uint largest = Largest(x, 256, out int index);
        new Span<int>(sums, 16).Clear();
        if (largest >= Infinity)
        {
            return Poison(codes, 256, out _, out _);
        }

        float inverse = Finite(-LargestCode / x[index]);
        for (int i = 0; i < 256; i++)
        {
            float code = MathF.Round(x[i] * inverse, MidpointRounding.ToEven);
            codes[i] = (sbyte)MathF.Min(LargestCode, code);
            sums[i / 16] += codes[i];
        }

        return inverse == 0 ? 0 : 1f / inverse;
    }

    /// <summary>An infinite reciprocal stands for a block of zeros.</summary>
    private static float Finite(float inverse) => float.IsFinite(inverse) ? inverse : 0;

    private static float Poison(sbyte* codes, int count, out int sum, out float scale)
    {
        new Span<sbyte>(codes, count).Clear();
        sum = 0;
        scale = float.NaN;
        return float.NaN;
    }

    // Magnitudes compare like integers, and so anything that is not finite is above everything that is.
    private static uint Largest(float* x, int count, out int index)
    {
        uint largest = 0;
        index = 0;
        for (int i = 0; i < count; i++)
        {
            uint magnitude = BitConverter.SingleToUInt32Bits(x[i]) & Magnitude;
            if (magnitude > largest)
            {
                largest = magnitude;
                index = i;
            }
        }

        return largest;
    }
}
