namespace Agents.Numerics.Quantized.Reference;

/// <summary>Blocks of 256 codes −1, 0, +1 with one scale.</summary>
/// <remarks>Layouts: papers/00-quantization-baselines §5.</remarks>
internal static class TernaryExtraction
{
    private const int Elements = 256;

    private static readonly byte[] Powers = [1, 3, 9, 27, 81];

    /// <summary>TQ1_0: five digits of base 3 per byte.</summary>
    public static void ExtractBase3(ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        block.ResetToOneScale(Elements);
        block.D = BlockExtraction.Half(stored[52..]);
        for (int digit = 0; digit < 5; digit++)
        {
            for (int i = 0; i < 32; i++)
            {
                block.Codes[(32 * digit) + i] = Digit(stored[i], digit) - 1;
            }

            for (int i = 0; i < 16; i++)
            {
                block.Codes[160 + (16 * digit) + i] = Digit(stored[32 + i], digit) - 1;
            }
        }

        for (int digit = 0; digit < 4; digit++)
        {
            for (int i = 0; i < 4; i++)
            {
                block.Codes[240 + (4 * digit) + i] = Digit(stored[48 + i], digit) - 1;
            }
        }
    }

    /// <summary>TQ2_0: two bits per digit. The unused value 3 counts as +2.</summary>
    public static void ExtractBits(ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        block.ResetToOneScale(Elements);
        block.D = BlockExtraction.Half(stored[64..]);
        for (int i = 0; i < Elements; i++)
        {
            block.Codes[i] = ((stored[(i / 128 * 32) + (i % 32)] >> (2 * (i % 128 / 32))) & 3) - 1;
        }
    }

    private static int Digit(byte packed, int digit) => ((packed * Powers[digit]) & 255) * 3 >> 8;
}
