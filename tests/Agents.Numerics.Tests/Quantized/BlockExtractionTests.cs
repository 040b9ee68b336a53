using Agents.Numerics.Formats;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;
using Agents.Numerics.Quantized.Reference;
using Agents.Numerics.Tests.Kernels;

namespace Agents.Numerics.Tests.Quantized;

/// <summary>Blocks taken apart by the reference against the vectors of papers/00-quantization-baselines §5.</summary>
public sealed unsafe class BlockExtractionTests
{
    private const string ScalePack = "818283c485868788" + "8192a3bf";

    public static TheoryData<ElementType, string> SmallBlocks => new()
    {
        { ElementType.Q4_0, "0034" + "809191a2a2b3b3c4c4d5d5e6e6f7f7f8" },
        { ElementType.Q4_1, "2234" + "00c0" + "80809191a2a2b3b3c4c4d5d5e6e6f7f7" },
        { ElementType.Q5_0, "0030" + "0000ffff" + "00112233445566778899aabbccddeeff" },
        { ElementType.Q5_1, "0030" + "00c0" + "0000ffff" + "00112233445566778899aabbccddeeff" },
        { ElementType.Q8_0, "0824" + "81899199a1a9b1b9c0c8d0d8e0e8f0f8000810182028303840474f575f676f77" },
        { ElementType.IQ4_NL, "fa23" + "809091a1b1b2c2c3d3d4e4e5e5f6f7f7" },
    };

    [Theory]
    [MemberData(nameof(SmallBlocks))]
    public void Dequantize_BlockOf32_IsNearTheEncodedRamp(ElementType type, string hex)
    {
        float[] values = Decode(type, Convert.FromHexString(hex));
        double step = type is ElementType.Q5_0 or ElementType.Q5_1 ? 0.0 : type == ElementType.Q8_0 ? 0.008 : type == ElementType.IQ4_NL ? 0.2 : 0.26;
        for (int i = 0; i < 32; i++)
        {
            Assert.True(Math.Abs(values[i] - ((i - 16) / 8.0)) <= step, $"Element {i} is {values[i]}.");
        }
    }

    [Fact]
    public void Dequantize_Q4K_GivesTheValuesOfThePaper()
    {
        byte[] stored = [.. Half(1), .. Half(0.5f), .. Convert.FromHexString(ScalePack), .. Ramp(128, 37, 0)];
        AssertValues(Decode(ElementType.Q4_K, stored), 38052, [0, 31, 32, 63, 64, 128, 255], [-2.5, 8.5, -3, 11, -3.5, -20, 293.5]);
    }

    [Fact]
    public void Dequantize_Q5K_GivesTheValuesOfThePaper()
    {
        byte[] stored = [.. Half(1), .. Half(0.5f), .. Convert.FromHexString(ScalePack), .. Ramp(32, 91, 5), .. Ramp(128, 37, 0)];
        AssertValues(Decode(ElementType.Q5_K, stored), 82852, [0, 31, 32, 63, 64, 128, 255], [13.5, 8.5, -3, 43, 44.5, -20, 293.5]);
    }

    [Fact]
    public void Dequantize_Q6K_GivesTheValuesOfThePaper()
    {
        byte[] stored = [.. Ramp(128, 37, 0), .. Ramp(64, 29, 3), .. Ramp(16, 9, -60), .. Half(0.25f)];
        AssertValues(Decode(ElementType.Q6_K, stored), 870, [0, 31, 32, 64, 96, 128, 255], [-240, -140.25, 336, 192, 33, 48, -506.25]);
    }

    [Fact]
    public void Dequantize_Q2K_GivesTheValuesOfThePaper()
    {
        byte[] stored = [.. Ramp(16, 23, 7), .. Ramp(64, 37, 0), .. Half(0.5f), .. Half(0.25f)];
        AssertValues(Decode(ElementType.Q2_K, stored), 1064, [0, 15, 16, 32, 127, 128, 255], [0, 10.5, -0.25, -0.75, 1.5, -2.75, -1.5]);
    }

    [Fact]
    public void Dequantize_Q3K_GivesTheValuesOfThePaper()
    {
        byte[] stored = [.. Ramp(32, 53, 9), .. Ramp(64, 37, 0), .. Convert.FromHexString("b3085da2f74c91e6e4343839"), .. Half(0.5f)];
        AssertValues(Decode(ElementType.Q3_K, stored), 178, [0, 15, 16, 32, 127, 128, 255], [0, 14.5, 0, 38, -9, -22, 36]);
    }

    [Fact]
    public void Extract_ScalePackOfThePaper_GivesScalesAndMinimums()
    {
        IntegerBlock block = new();
        KQuantExtraction.ExtractQ4([.. Half(1), .. Half(1), .. Convert.FromHexString(ScalePack), .. new byte[128]], block);
        Assert.Equal([1, 2, 3, 4, 33, 34, 35, 63], block.Scales[..8]);
        Assert.Equal([5, 6, 7, 8, 40, 41, 42, 43], block.Minimums[..8]);
    }

    [Theory]
    [InlineData(ElementType.TQ1_0)]
    [InlineData(ElementType.TQ2_0)]
    public void Extract_TernaryStartOfThePaper_GivesItsTrits(ElementType type)
    {
        IntegerBlock block = new();
        byte[] stored = type == ElementType.TQ1_0
            ? [.. Convert.FromHexString("4782901198581cf8"), .. new byte[40], .. Convert.FromHexString("8fc1e756"), .. Half(0.5f)]
            : [.. Convert.FromHexString("589509901901a02a"), .. new byte[56], .. Half(0.5f)];
        BlockExtraction.Extract(type, stored, block);
        int digits = type == ElementType.TQ1_0 ? 5 : 4;
        for (int digit = 0; digit < digits; digit++)
        {
            for (int m = 0; m < 8; m++)
            {
                int i = (32 * digit) + m;
                Assert.Equal(Trit(i), block.Codes[i]);
            }
        }

        if (type == ElementType.TQ1_0)
        {
            for (int i = 240; i < 256; i++)
            {
                Assert.Equal(Trit(i), block.Codes[i]);
            }
        }

        Assert.Equal(0.5f, block.D);
    }

    private static int Trit(int i) => (((i * i) + (i / 7)) % 3) - 1;

    private static byte[] Ramp(int count, int step, int start) => [.. Enumerable.Range(0, count).Select(i => (byte)((step * i) + start))];

    private static byte[] Half(float value) => BitConverter.GetBytes((System.Half)value);

    private static float[] Decode(ElementType type, byte[] stored)
    {
        BlockLayouts.TryGet(type, out BlockLayout layout);
        using QuantizedMatrix matrix = PackedCase.Of(type, layout.Elements, stored);
        using TestMatrix<float> values = new(1, layout.Elements);
        new ReferenceQuantizedKernels().Dequantize(matrix, [0], values.View);
        return values.ToArray();
    }

    private static void AssertValues(float[] values, double sum, int[] places, double[] expected)
    {
        Assert.Equal(expected, places.Select(place => (double)values[place]));
        Assert.Equal(sum, values.Sum(value => (double)value));
    }
}
