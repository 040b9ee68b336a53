using Agents.Numerics.Formats;
using static Agents.Numerics.Tests.Formats.FormatSamples;

namespace Agents.Numerics.Tests.Formats;

/// <summary>Decoders against the table of the paper, element by element and bit by bit, on any bytes a file may hold.</summary>
public class FormatDecodingTests
{
    public static TheoryData<ElementType> Types => FormatSamples.Types;

    [Theory]
    [MemberData(nameof(Types))]
    public void Dequantize_RandomBytes_EqualsTheDefinition(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);

        AssertEqualsDefinition(format, Bytes(format.BlockBytes * 4097, (uint)type + 1));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Dequantize_SpecialScales_EqualsTheDefinition(ElementType type)
    {
        // Zeros of both signs, subnormal halves, the largest halves, infinities, NaN.
        ushort[] halves = [0x0000, 0x8000, 0x0001, 0x8001, 0x03ff, 0x83ff, 0x0400, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e00, 0xbc00];
        BlockFormat format = BlockFormats.Get(type);
        foreach (ushort half in halves)
        {
            byte[] bytes = Bytes(format.BlockBytes * 3, half + 7u);
            for (int block = 0; block < 3; block++)
            {
                foreach (int at in ScalePositions(type))
                {
                    BitConverter.TryWriteBytes(bytes.AsSpan((block * format.BlockBytes) + at), half);
                }
            }

            AssertEqualsDefinition(format, bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Dequantize_EveryBlockAlone_EqualsTheWholeRun(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        byte[] bytes = Bytes(format.BlockBytes * 7, 99);
        float[] whole = Decode(format, bytes);

        for (int block = 0; block < 7; block++)
        {
            var alone = new float[format.BlockElements];
            format.Dequantize(bytes.AsSpan(block * format.BlockBytes, format.BlockBytes), alone);
            Assert.Equal(whole[(block * alone.Length)..((block + 1) * alone.Length)], alone);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Codec_NoElements_DoesNothing(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);

        format.Dequantize([], []);
        format.Quantize([], []);

        Assert.Equal(0, format.ByteCount(0));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Codec_LengthsThatDoNotMatch_AreRefused(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        int bytes = format.BlockBytes;
        int elements = format.BlockElements;
        foreach ((int e, int b) in ((int, int)[])[(elements, bytes - 1), (elements, bytes + 1), (elements - 1, bytes), (2 * elements, bytes), (elements, 0), (0, bytes)])
        {
            Assert.Throws<ArgumentException>(() => format.Dequantize(new byte[b], new float[e]));
            Assert.Throws<ArgumentException>(() => format.Quantize(new float[e], new byte[b]));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Dequantize_SurroundingMemory_StaysUntouched(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        var values = new float[(3 * format.BlockElements) + 16];
        Array.Fill(values, -7f);

        format.Dequantize(Bytes(3 * format.BlockBytes, 5), values.AsSpan(8, 3 * format.BlockElements));

        Assert.All(values[..8].Concat(values[^8..]), value => Assert.Equal(-7f, value));
    }

    private static int[] ScalePositions(ElementType type) => type switch
    {
        ElementType.Q4_1 or ElementType.Q5_1 or ElementType.Q4_K or ElementType.Q5_K => [0, 2],
        ElementType.Q2_K => [80, 82],
        ElementType.Q3_K => [108],
        ElementType.Q6_K => [208],
        ElementType.TQ1_0 => [52],
        ElementType.TQ2_0 => [64],
        _ => [0],
    };

    private static void AssertEqualsDefinition(BlockFormat format, byte[] bytes)
    {
        float[] values = Decode(format, bytes);
        for (int index = 0; index < values.Length; index++)
        {
            int block = index / format.BlockElements;
            float expected = FormatDefinition.Element(format.Type, bytes.AsSpan(block * format.BlockBytes, format.BlockBytes), index % format.BlockElements);
            bool same = BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(values[index]) || (float.IsNaN(expected) && float.IsNaN(values[index]));
            Assert.True(same, $"{format.Name} element {index}: {values[index]:R}, expected {expected:R}");
        }
    }
}
