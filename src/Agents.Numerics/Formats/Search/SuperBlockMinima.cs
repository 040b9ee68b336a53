using System.Buffers.Binary;

namespace Agents.Numerics.Formats.Search;

/// <summary>
/// The sixteen bytes before the codes of Q4_K and Q5_K, and those codes: eight blocks of 32 with a scale and a minimum each, rounded to six bits
/// of the largest scale and of the largest minimum (papers/00-quantization-baselines §5).
/// </summary>
internal static class SuperBlockMinima
{
    /// <summary>Bytes of d, dmin and the packed scales.</summary>
    public const int Bytes = 4 + SixBitScales.Bytes;

    private const int Blocks = 8;
    private const int Elements = 32;

    /// <summary>Encodes one super-block.</summary>
    /// <param name="values">256 values.</param>
    /// <param name="search">Search of one block.</param>
    /// <param name="levels">Largest code.</param>
    /// <param name="codes">Receives 256 codes.</param>
    /// <param name="stored">Receives the first sixteen bytes.</param>
    /// <param name="format">For the message.</param>
    /// <param name="index">Index of the super-block, for the message.</param>
    /// <exception cref="ArgumentException">A scale is too large.</exception>
    public static void Encode(
        ReadOnlySpan<float> values, AffineScaleSearch search, int levels, Span<byte> codes, Span<byte> stored, BlockFormat format, int index)
    {
        Span<float> scales = stackalloc float[Blocks];
        Span<float> minima = stackalloc float[Blocks];
        Span<float> weights = stackalloc float[Elements];
        float largestScale = 0;
        float largestMinimum = 0;
        for (int block = 0; block < Blocks; block++)
        {
            ReadOnlySpan<float> part = values.Slice(block * Elements, Elements);
            Weigh(part, weights);
            scales[block] = search.Find(part, weights, codes.Slice(block * Elements, Elements), out minima[block]);
            largestScale = scales[block] > largestScale ? scales[block] : largestScale;
            largestMinimum = minima[block] > largestMinimum ? minima[block] : largestMinimum;
        }

        Span<byte> scaleCodes = stackalloc byte[Blocks];
        Span<byte> minimumCodes = stackalloc byte[Blocks];
        RoundAll(scales, largestScale, SixBitScales.Maximum, scaleCodes);
        RoundAll(minima, largestMinimum, SixBitScales.Maximum, minimumCodes);
        ushort scaleHalf = BlockRange.Half(largestScale / SixBitScales.Maximum, format, index);
        ushort minimumHalf = BlockRange.Half(largestMinimum / SixBitScales.Maximum, format, index);
        BinaryPrimitives.WriteUInt16LittleEndian(stored, scaleHalf);
        BinaryPrimitives.WriteUInt16LittleEndian(stored[2..], minimumHalf);
        SixBitScales.PackPairs(scaleCodes, minimumCodes, stored.Slice(4, SixBitScales.Bytes));
        float scaleStep = Float16Conversion.ToSingle(scaleHalf);
        float minimumStep = Float16Conversion.ToSingle(minimumHalf);
        for (int block = 0; block < Blocks; block++)
        {
            RoundCodes(
                values.Slice(block * Elements, Elements), scaleStep * scaleCodes[block], minimumStep * minimumCodes[block], levels, codes.Slice(block * Elements, Elements));
        }
    }

    /// <summary>Rounds scales to whole parts of the largest one.</summary>
    /// <param name="scales">Scales of the blocks.</param>
    /// <param name="largest">The largest; 0 gives zeros.</param>
    /// <param name="maximum">The code of the largest.</param>
    /// <param name="codes">Receives the codes.</param>
    public static void RoundAll(ReadOnlySpan<float> scales, float largest, int maximum, Span<byte> codes)
    {
        float inverse = largest > 0 ? maximum / largest : 0;
        inverse = float.IsInfinity(inverse) ? 0 : inverse;
        for (int block = 0; block < scales.Length; block++)
        {
            codes[block] = (byte)NearestInteger.Clamped(inverse * scales[block], 0, maximum);
        }
    }

    /// <summary>Rounds the values of a block with its stored scale; a scale of 0 keeps the codes.</summary>
    /// <param name="values">The block.</param>
    /// <param name="scale">Stored scale.</param>
    /// <param name="minimum">Stored minimum, at least 0; subtracted when decoding.</param>
    /// <param name="levels">Largest code.</param>
    /// <param name="codes">The codes of the block.</param>
    public static void RoundCodes(ReadOnlySpan<float> values, float scale, float minimum, int levels, Span<byte> codes)
    {
        if (scale == 0)
        {
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            codes[i] = (byte)NearestInteger.Clamped((values[i] + minimum) / scale, 0, levels);
        }
    }

    /// <summary>Weights of errors: root mean square of the block plus the value's magnitude.</summary>
    private static void Weigh(ReadOnlySpan<float> values, Span<float> weights)
    {
        float squares = 0;
        foreach (float value in values)
        {
            squares += value * value;
        }

        float typical = MathF.Sqrt(squares / values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            weights[i] = typical + MathF.Abs(values[i]);
        }
    }
}
