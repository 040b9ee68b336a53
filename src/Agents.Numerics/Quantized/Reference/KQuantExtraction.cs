namespace Agents.Numerics.Quantized.Reference;

/// <summary>Super-blocks of 256 elements whose sub-blocks have integer scales of their own.</summary>
/// <remarks>Layouts: papers/00-quantization-baselines §5.</remarks>
internal static class KQuantExtraction
{
    private const int Elements = 256;

    /// <summary>Q2_K: scales and minimums of 4 bits, codes of 2.</summary>
    public static void ExtractQ2(ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        block.ResetToSubBlocks(16);
        block.D = BlockExtraction.Half(stored[80..]);
        block.DMin = BlockExtraction.Half(stored[82..]);
        for (int i = 0; i < 16; i++)
        {
            block.Scales[i] = stored[i] & 15;
            block.Minimums[i] = stored[i] >> 4;
        }

        TwoBits(stored[16..], block.Codes);
    }

    /// <summary>Q3_K: scales of 6 bits, codes of 2 bits plus one that means −4 when absent.</summary>
    public static void ExtractQ3(ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        block.ResetToSubBlocks(16);
        block.D = BlockExtraction.Half(stored[108..]);
        ReadOnlySpan<byte> scales = stored.Slice(96, 12);
        for (int i = 0; i < 16; i++)
        {
            int low = i < 8 ? scales[i] & 15 : scales[i - 8] >> 4;
            int high = (scales[8 + (i % 4)] >> (2 * (i / 4))) & 3;
            block.Scales[i] = (low | (high << 4)) - 32;
        }

        TwoBits(stored[32..], block.Codes);
        for (int i = 0; i < Elements; i++)
        {
            // Bit 4·half + j of the mask of element l of each 32.
            int bit = i / 32;
            block.Codes[i] -= ((stored[i % 32] >> bit) & 1) != 0 ? 0 : 4;
        }
    }

    /// <summary>Q4_K: scales and minimums of 6 bits, codes of 4.</summary>
    public static void ExtractQ4(ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        Factors(stored, block);
        Nibbles(stored[16..], block.Codes);
    }

    /// <summary>Q5_K: as Q4_K with a fifth bit.</summary>
    public static void ExtractQ5(ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        Factors(stored, block);
        Nibbles(stored[48..], block.Codes);
        for (int i = 0; i < Elements; i++)
        {
            block.Codes[i] += ((stored[16 + (i % 32)] >> (i / 32)) & 1) << 4;
        }
    }

    /// <summary>Q6_K: signed scales of 8 bits, codes of 6 with offset 32.</summary>
    public static void ExtractQ6(ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        block.ResetToSubBlocks(16);
        block.D = BlockExtraction.Half(stored[208..]);
        for (int i = 0; i < 16; i++)
        {
            block.Scales[i] = (sbyte)stored[192 + i];
        }

        for (int i = 0; i < Elements; i++)
        {
            int half = i / 128;
            int quarter = i % 128 / 32;
            int l = i % 32;
            int pair = stored[(64 * half) + (32 * (quarter & 1)) + l];
            int low = quarter < 2 ? pair & 15 : pair >> 4;
            int high = (stored[128 + (32 * half) + l] >> (2 * quarter)) & 3;
            block.Codes[i] = (low | (high << 4)) - 32;
        }
    }

    private static void Factors(ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        block.ResetToSubBlocks(32);
        block.D = BlockExtraction.Half(stored);
        block.DMin = BlockExtraction.Half(stored[2..]);
        ReadOnlySpan<byte> packed = stored.Slice(4, 12);
        for (int i = 0; i < 4; i++)
        {
            block.Scales[i] = packed[i] & 63;
            block.Minimums[i] = packed[i + 4] & 63;
            block.Scales[i + 4] = (packed[i + 8] & 15) | (packed[i] >> 6 << 4);
            block.Minimums[i + 4] = (packed[i + 8] >> 4) | (packed[i + 4] >> 6 << 4);
        }
    }

    private static void TwoBits(ReadOnlySpan<byte> stored, Span<int> codes)
    {
        for (int i = 0; i < Elements; i++)
        {
            int half = i / 128;
            int quarter = i % 128 / 32;
            codes[i] = (stored[(32 * half) + (i % 32)] >> (2 * quarter)) & 3;
        }
    }

    private static void Nibbles(ReadOnlySpan<byte> stored, Span<int> codes)
    {
        for (int i = 0; i < Elements; i++)
        {
            int pair = stored[(i / 64 * 32) + (i % 32)];
            codes[i] = i % 64 < 32 ? pair & 15 : pair >> 4;
        }
    }
}
