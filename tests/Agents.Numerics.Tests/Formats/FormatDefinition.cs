using Agents.Numerics.Formats;

namespace Agents.Numerics.Tests.Formats;

/// <summary>The table of papers/00-quantization-baselines §5, one element at a time and without the product's code: what every decoder must give, bit for bit.</summary>
internal static class FormatDefinition
{
    private static readonly int[] Nonlinear = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>The value of one element of one block.</summary>
    public static float Element(ElementType type, ReadOnlySpan<byte> b, int i) => type switch
    {
        ElementType.Q8_0 => Half(b, 0) * (sbyte)b[2 + i],
        ElementType.Q4_0 => Half(b, 0) * (Nibble(b[2..], i) - 8),
        ElementType.Q4_1 => Sum(Half(b, 0) * Nibble(b[4..], i), Half(b, 2)),
        ElementType.Q5_0 => Half(b, 0) * (Nibble(b[6..], i) + (16 * Bit(b[2..], i)) - 16),
        ElementType.Q5_1 => Sum(Half(b, 0) * (Nibble(b[8..], i) + (16 * Bit(b[4..], i))), Half(b, 2)),
        ElementType.IQ4_NL => Half(b, 0) * Nonlinear[Nibble(b[2..], i)],
        ElementType.Q2_K => Q2K(b, i),
        ElementType.Q3_K => Q3K(b, i),
        ElementType.Q4_K => Paired(b, i, Low(b[16..], i)),
        ElementType.Q5_K => Paired(b, i, Low(b[48..], i) + (16 * ((b[16 + (i % 32)] >> (i / 32)) & 1))),
        ElementType.Q6_K => Q6K(b, i),
        ElementType.TQ1_0 => TQ1(b, i),
        ElementType.TQ2_0 => Half(b, 64) * (((b[(i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3) - 1),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static float Half(ReadOnlySpan<byte> b, int at) => (float)BitConverter.ToHalf(b[at..]);

    /// <summary>Elements 0..15 in low nibbles, 16..31 in high ones.</summary>
    private static int Nibble(ReadOnlySpan<byte> codes, int i) => i < 16 ? codes[i] & 15 : codes[i - 16] >> 4;

    private static int Bit(ReadOnlySpan<byte> bits, int i) => (bits[i / 8] >> (i % 8)) & 1;

    /// <summary>Chunks of 64 elements: 32 low nibbles, then the high nibbles of the same bytes.</summary>
    private static int Low(ReadOnlySpan<byte> codes, int i)
    {
        byte packed = codes[(i / 64 * 32) + (i % 32)];
        return i % 64 < 32 ? packed & 15 : packed >> 4;
    }

    private static float Paired(ReadOnlySpan<byte> b, int i, int code)
    {
        ReadOnlySpan<byte> s = b[4..16];
        int j = i / 32;
        int scale = j < 4 ? s[j] & 63 : (s[j + 4] & 15) | (s[j - 4] >> 6 << 4);
        int minimum = j < 4 ? s[j + 4] & 63 : (s[j + 4] >> 4) | (s[j] >> 6 << 4);
        return Difference(Half(b, 0) * scale * code, Half(b, 2) * minimum);
    }

    private static float Q2K(ReadOnlySpan<byte> b, int i)
    {
        int code = (b[16 + (i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;
        byte scales = b[i / 16];
        return Difference(Half(b, 80) * (scales & 15) * code, Half(b, 82) * (scales >> 4));
    }

    private static float Q3K(ReadOnlySpan<byte> b, int i)
    {
        int code = (b[32 + (i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;
        int high = (b[i % 32] >> (i / 32)) & 1;
        int k = i / 16;
        int low = k < 8 ? b[96 + k] & 15 : b[96 + k - 8] >> 4;
        int scale = low | (((b[104 + (k % 4)] >> (2 * (k / 4))) & 3) << 4);
        return Half(b, 108) * (scale - 32) * (code - (high == 1 ? 0 : 4));
    }

    private static float Q6K(ReadOnlySpan<byte> b, int i)
    {
        int h = i / 128;
        int l = i % 32;
        int quarter = i % 128 / 32;
        byte low = b[(64 * h) + (quarter % 2 * 32) + l];
        int code = (quarter < 2 ? low & 15 : low >> 4) | (((b[128 + (32 * h) + l] >> (2 * quarter)) & 3) << 4);
        sbyte scale = (sbyte)b[192 + (8 * h) + (l >= 16 ? 1 : 0) + (2 * quarter)];
        return Half(b, 208) * scale * (code - 32);
    }

    private static float TQ1(ReadOnlySpan<byte> b, int i)
    {
        (byte packed, int digit) = i switch
        {
            < 160 => (b[i % 32], i / 32),
            < 240 => (b[32 + (i % 16)], (i - 160) / 16),
            _ => (b[48 + (i % 4)], (i - 240) / 4),
        };
        int power = (int)Math.Pow(3, digit);
        return Half(b, 52) * ((((packed * power) & 255) * 3 >> 8) - 1);
    }

    /// <summary>The product is rounded before the sum.</summary>
    private static float Sum(float product, float added) => product + added;

    private static float Difference(float product, float subtracted) => product - subtracted;
}
