namespace Agents.Numerics.Formats;

/// <summary>The two ways of packing six-bit scales into twelve bytes (papers/00-quantization-baselines §5).</summary>
internal static class SixBitScales
{
    /// <summary>Bytes of the packed scales.</summary>
    public const int Bytes = 12;

    /// <summary>Largest scale.</summary>
    public const int Maximum = 63;

    /// <summary>Packs the eight scales and eight minima of Q4_K and Q5_K: four whole ones each, the upper two bits beside them belong to the others.</summary>
    /// <param name="scales">Eight numbers 0..63.</param>
    /// <param name="minima">Eight numbers 0..63.</param>
    /// <param name="packed">Receives twelve bytes.</param>
    public static void PackPairs(ReadOnlySpan<byte> scales, ReadOnlySpan<byte> minima, Span<byte> packed)
    {
        for (int index = 0; index < 4; index++)
        {
            packed[index] = (byte)(scales[index] | (scales[index + 4] >> 4 << 6));
            packed[index + 4] = (byte)(minima[index] | (minima[index + 4] >> 4 << 6));
            packed[index + 8] = (byte)((scales[index + 4] & 15) | (minima[index + 4] << 4));
        }
    }

    /// <summary>Unpacks what <see cref="PackPairs"/> packs.</summary>
    /// <param name="packed">Twelve bytes.</param>
    /// <param name="scales">Receives eight scales.</param>
    /// <param name="minima">Receives eight minima.</param>
    public static void UnpackPairs(ReadOnlySpan<byte> packed, Span<byte> scales, Span<byte> minima)
    {
        for (int index = 0; index < 4; index++)
        {
            scales[index] = (byte)(packed[index] & Maximum);
            minima[index] = (byte)(packed[index + 4] & Maximum);
            scales[index + 4] = (byte)((packed[index + 8] & 15) | (packed[index] >> 6 << 4));
            minima[index + 4] = (byte)((packed[index + 8] >> 4) | (packed[index + 4] >> 6 << 4));
        }
    }

    /// <summary>Packs the sixteen scales of Q3_K: the low four bits in eight bytes, the upper two bits in four.</summary>
    /// <param name="scales">Sixteen numbers 0..63.</param>
    /// <param name="packed">Receives twelve bytes.</param>
    public static void PackSixteen(ReadOnlySpan<byte> scales, Span<byte> packed)
    {
        packed[..Bytes].Clear();
        for (int index = 0; index < 16; index++)
        {
            packed[index & 7] |= (byte)((scales[index] & 15) << (index < 8 ? 0 : 4));
            packed[8 + (index & 3)] |= (byte)(scales[index] >> 4 << (2 * (index >> 2)));
        }
    }

    /// <summary>Unpacks what <see cref="PackSixteen"/> packs.</summary>
    /// <param name="packed">Twelve bytes.</param>
    /// <param name="scales">Receives sixteen scales.</param>
    public static void UnpackSixteen(ReadOnlySpan<byte> packed, Span<byte> scales)
    {
        for (int index = 0; index < 16; index++)
        {
            int low = (packed[index & 7] >> (index < 8 ? 0 : 4)) & 15;
            int high = (packed[8 + (index & 3)] >> (2 * (index >> 2))) & 3;
            scales[index] = (byte)(low | (high << 4));
        }
    }
}
