using Agents.Numerics.Formats;
using static Agents.Numerics.Tests.Formats.FormatSamples;

namespace Agents.Numerics.Tests.Formats;

/// <summary>Every vector of papers/00-quantization-baselines §5.</summary>
public class FormatVectorTests
{
    private static readonly byte[] Codes = [.. Enumerable.Range(0, 256).Select(index => (byte)(37 * index))];

    [Theory]
    [InlineData(ElementType.Q4_0, "0034809191a2a2b3b3c4c4d5d5e6e6f7f7f8")]
    [InlineData(ElementType.Q4_1, "223400c080809191a2a2b3b3c4c4d5d5e6e6f7f7")]
    [InlineData(ElementType.Q5_0, "00300000ffff00112233445566778899aabbccddeeff")]
    [InlineData(ElementType.Q5_1, "003000c00000ffff00112233445566778899aabbccddeeff")]
    [InlineData(ElementType.IQ4_NL, "fa23809091a1b1b2c2c3d3d4e4e5e5f6f6f7")]
    public void Quantize_TheRamp_HasItsBytes(ElementType type, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Encode(BlockFormats.Get(type), Ramp())));

    [Fact]
    public void Quantize_TheRampWithoutSearch_HasTheBytesOfTheReferenceEncoder() =>
        Assert.Equal("fa23809091a1b1b2c2c3d3d4e4e5e5f6f7f7", Convert.ToHexStringLower(Encode(new IQ4NLFormat(search: false), Ramp())));

    [Theory]
    [InlineData(ElementType.Q2_K, 0xd76cb214u, "ffefdfdf")]
    [InlineData(ElementType.Q3_K, 0xf99b9330u, "dec60620")]
    [InlineData(ElementType.Q4_K, 0xc2e0e327u, "9c1c1c28")]
    [InlineData(ElementType.Q5_K, 0x0339d868u, "21181028")]
    [InlineData(ElementType.Q6_K, 0x61fe831eu, "0079d34c")]
    public void Quantize_TheWrappedLine_HasItsChecksum(ElementType type, uint checksum, string first)
    {
        float[] values = [.. Enumerable.Range(0, 256).Select(index => (((37 * index) & 255) - 128) / 64f)];

        byte[] bytes = Encode(BlockFormats.Get(type), values);

        Assert.Equal(first, Convert.ToHexStringLower(bytes)[..8]);
        Assert.Equal(checksum, Checksum(bytes));
    }

    [Fact]
    public void PackPairs_TheVector_HasItsBytesAndComesBack()
    {
        byte[] scales = [1, 2, 3, 4, 33, 34, 35, 63];
        byte[] minima = [5, 6, 7, 8, 40, 41, 42, 43];
        var packed = new byte[12];
        byte[] scalesBack = new byte[8];
        byte[] minimaBack = new byte[8];

        SixBitScales.PackPairs(scales, minima, packed);
        SixBitScales.UnpackPairs(packed, scalesBack, minimaBack);

        Assert.Equal("818283c4858687888192a3bf", Convert.ToHexStringLower(packed));
        Assert.Equal(scales, scalesBack);
        Assert.Equal(minima, minimaBack);
    }

    [Fact]
    public void PackSixteen_TheVector_HasItsBytesAndComesBack()
    {
        byte[] scales = [.. Enumerable.Range(0, 16).Select(k => (byte)(((5 * k) + 3) & 63))];
        var packed = new byte[12];
        byte[] back = new byte[16];

        SixBitScales.PackSixteen(scales, packed);
        SixBitScales.UnpackSixteen(packed, back);

        Assert.Equal("b3085da2f74c91e6e4343839", Convert.ToHexStringLower(packed));
        Assert.Equal(scales, back);
    }

    [Fact]
    public void Dequantize_Q4K_HasTheValuesOfTheVector() => AssertDecodes(
        ElementType.Q4_K,
        [.. Convert.FromHexString("003c0038818283c4858687888192a3bf"), .. Codes[..128]],
        [0, 31, 32, 63, 64, 128, 255],
        [-2.5f, 8.5f, -3, 11, -3.5f, -20, 293.5f],
        38052);

    [Fact]
    public void Dequantize_Q5K_HasTheValuesOfTheVector() => AssertDecodes(
        ElementType.Q5_K,
        [.. Convert.FromHexString("003c0038818283c4858687888192a3bf"), .. Line(91, 5, 32), .. Codes[..128]],
        [0, 31, 32, 63, 64, 128, 255],
        [13.5f, 8.5f, -3, 43, 44.5f, -20, 293.5f],
        82852);

    [Fact]
    public void Dequantize_Q6K_HasTheValuesOfTheVector() => AssertDecodes(
        ElementType.Q6_K,
        [.. Codes[..128], .. Line(29, 3, 64), .. Line(9, -60, 16), 0x00, 0x34],
        [0, 31, 32, 64, 96, 128, 255],
        [-240, -140.25f, 336, 192, 33, 48, -506.25f],
        870);

    [Fact]
    public void Dequantize_Q2K_HasTheValuesOfTheVector() => AssertDecodes(
        ElementType.Q2_K,
        [.. Line(23, 7, 16), .. Codes[..64], 0x00, 0x38, 0x00, 0x34],
        [0, 15, 16, 32, 127, 128, 255],
        [0, 10.5f, -0.25f, -0.75f, 1.5f, -2.75f, -1.5f],
        1064);

    [Fact]
    public void Dequantize_Q3K_HasTheValuesOfTheVector() => AssertDecodes(
        ElementType.Q3_K,
        [.. Line(53, 9, 32), .. Codes[..64], .. Convert.FromHexString("b3085da2f74c91e6e4343839"), 0x00, 0x38],
        [0, 15, 16, 32, 127, 128, 255],
        [0, 14.5f, 0, 38, -9, -22, 36],
        178);

    [Fact]
    public void Ternary_TheDigits_HaveTheirBytesAndComeBack()
    {
        float[] values = [.. Enumerable.Range(0, 256).Select(i => ((((i * i) + (i / 7)) % 3) - 1) * 0.5f)];

        byte[] five = Encode(BlockFormats.Get(ElementType.TQ1_0), values);
        byte[] two = Encode(BlockFormats.Get(ElementType.TQ2_0), values);

        Assert.Equal("4782901198581cf8", Convert.ToHexStringLower(five)[..16]);
        Assert.Equal("8fc1e7560038", Convert.ToHexStringLower(five)[^12..]);
        Assert.Equal("589509901901a02a", Convert.ToHexStringLower(two)[..16]);
        Assert.Equal(values, Decode(BlockFormats.Get(ElementType.TQ1_0), five));
        Assert.Equal(values, Decode(BlockFormats.Get(ElementType.TQ2_0), two));
    }

    [Fact]
    public void TernaryBytes_AllCombinationsOfFiveDigits_ComeBack()
    {
        BlockFormat format = BlockFormats.Get(ElementType.TQ1_0);
        for (int combination = 0; combination < 243; combination++)
        {
            var values = new float[256];
            values[255] = 2;
            for (int digit = 0, rest = combination; digit < 5; digit++, rest /= 3)
            {
                values[(32 * digit) + 11] = 2 * ((rest % 3) - 1);
                values[160 + (16 * digit) + 5] = 2 * ((rest % 3) - 1);
            }

            Assert.Equal(values, Decode(format, Encode(format, values)));
        }
    }

    private static float[] Ramp() => [.. Enumerable.Range(0, 32).Select(index => (index - 16) / 8f)];

    private static byte[] Line(int slope, int start, int count) => [.. Enumerable.Range(0, count).Select(index => unchecked((byte)((slope * index) + start)))];

    private static void AssertDecodes(ElementType type, byte[] bytes, int[] at, float[] expected, double sum)
    {
        float[] values = Decode(BlockFormats.Get(type), bytes);

        Assert.Equal(expected, at.Select(index => values[index]));
        Assert.Equal(sum, values.Sum(value => (double)value));
    }
}
