using Agents.Numerics.Formats;
using static Agents.Numerics.Tests.Formats.FormatSamples;

namespace Agents.Numerics.Tests.Formats;

/// <summary>Properties that every encoder has.</summary>
public class FormatEncodingTests
{
    public static TheoryData<ElementType> Types => FormatSamples.Types;

    /// <summary>Round trips of nearly normal values: about what the number of bits allows, and in the order of the bits.</summary>
    [Theory]
    [InlineData(ElementType.Q8_0, 0.006)]
    [InlineData(ElementType.Q6_K, 0.019)]
    [InlineData(ElementType.Q5_K, 0.038)]
    [InlineData(ElementType.Q5_1, 0.040)]
    [InlineData(ElementType.Q5_0, 0.046)]
    [InlineData(ElementType.Q4_K, 0.076)]
    [InlineData(ElementType.Q4_1, 0.082)]
    [InlineData(ElementType.IQ4_NL, 0.083)]
    [InlineData(ElementType.Q4_0, 0.095)]
    [InlineData(ElementType.Q3_K, 0.165)]
    [InlineData(ElementType.Q2_K, 0.31)]
    public void RoundTrip_NormalValues_KeepsTheErrorOfItsBits(ElementType type, double bound)
    {
        foreach (float size in (float[])[0.02f, 1f, 300f])
        {
            double error = RelativeError(BlockFormats.Get(type), Noise(256 * 65, size));
            Assert.InRange(error, bound * 0.8, bound);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_DecodedValues_ErrsFarLessThanTheFirstTime(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        float[] values = Noise(256 * 17, 0.5f);
        float[] once = Decode(format, Encode(format, values));

        Assert.InRange(RelativeError(format, once), 0, 0.6 * RelativeError(format, values));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_EveryBlockAlone_GivesTheBytesOfTheWholeRun(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        float[] values = Noise(format.BlockElements * 5, 2f);
        byte[] whole = Encode(format, values);

        for (int block = 0; block < 5; block++)
        {
            byte[] alone = Encode(format, values[(block * format.BlockElements)..((block + 1) * format.BlockElements)]);
            Assert.Equal(whole[(block * format.BlockBytes)..((block + 1) * format.BlockBytes)], alone);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_DirtyDestination_GivesTheSameBytes(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        float[] values = Noise(format.BlockElements * 3, 0.1f);
        var dirty = new byte[format.ByteCount(values.Length)];
        Array.Fill(dirty, (byte)0xa5);

        format.Quantize(values, dirty);

        Assert.Equal(Encode(format, values), dirty);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_Zeros_DecodesToZeros(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        float[] zeros = new float[format.BlockElements * 2];
        zeros[1] = -0f;

        Assert.All(Decode(format, Encode(format, zeros)), value => Assert.Equal(0f, value));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_EqualValues_StaysNear(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        foreach (float value in (float[])[1f, -1f, 0.3f, -1000f])
        {
            var values = new float[format.BlockElements];
            Array.Fill(values, value);

            // A positive block of the formats with a minimum that is at most 0 uses its largest code for everything.
            Assert.All(Decode(format, Encode(format, values)), decoded => Assert.InRange(decoded / value, 0.9, 1.1));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_OneLargeValue_KeepsItAndInventsNothing(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        for (int at = 0; at < format.BlockElements; at += 37)
        {
            var values = new float[format.BlockElements];
            values[at] = at % 2 == 0 ? 3 : -3;

            float[] decoded = Decode(format, Encode(format, values));

            Assert.InRange(decoded[at] / values[at], 0.85, 1.15);
            Assert.InRange(decoded.Where((_, index) => index != at).Max(MathF.Abs), 0, 0.5f);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_ValueThatIsNotFinite_IsRefusedWithItsBlock(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        int block = format.BlockElements;
        foreach (float value in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -3e38f, 2e9f])
        {
            for (int position = block; position < 2 * block; position += 5)
            {
                float[] values = Noise(block * 2, 1f);
                values[position] = value;

                var error = Assert.Throws<ArgumentException>(() => Encode(format, values));

                Assert.Contains(format.Name, error.Message, StringComparison.Ordinal);
                Assert.Contains($"elements {block} to {(2 * block) - 1}", error.Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Just above and well below what the half-precision scale can express.</summary>
    [Theory]
    [InlineData(ElementType.Q4_0, 8)]
    [InlineData(ElementType.Q5_0, 16)]
    [InlineData(ElementType.Q4_1, 15)]
    [InlineData(ElementType.Q5_1, 31)]
    [InlineData(ElementType.IQ4_NL, 127)]
    [InlineData(ElementType.Q6_K, 4096)]
    [InlineData(ElementType.Q3_K, 128)]
    [InlineData(ElementType.Q4_K, 15 * 63)]
    [InlineData(ElementType.Q5_K, 31 * 63)]
    [InlineData(ElementType.Q2_K, 3 * 15)]
    [InlineData(ElementType.TQ1_0, 1)]
    [InlineData(ElementType.TQ2_0, 1)]
    public void Quantize_ScaleBeyondHalf_IsRefused(ElementType type, int steps)
    {
        BlockFormat format = BlockFormats.Get(type);
        var values = new float[format.BlockElements];
        values[3] = 65504f * steps * 1.3f;

        Assert.Throws<ArgumentException>(() => Encode(format, values));
        values[3] = 65504f * steps * 0.7f;
        Assert.InRange(Decode(format, Encode(format, values))[3] / values[3], 0.85, 1.15);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_TinyValues_DecodesToFiniteTinyValues(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        foreach (float size in (float[])[1e-5f, 1e-8f, 1e-20f, 1e-38f, 1e-41f, float.Epsilon])
        {
            float[] decoded = Decode(format, Encode(format, Noise(format.BlockElements * 3, size)));

            // Half precision has steps of 6e-8 below its normal numbers: a scale is off by as much, and codes multiply it.
            Assert.All(decoded, value => Assert.InRange(MathF.Abs(value), 0, (20 * size) + 1e-4f));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_MixedMagnitudes_NeverMakesAnythingInfinite(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        float[] sizes = [1e-30f, 1e-12f, 1e-4f, 1f, 1e3f];
        float[] values = Noise(format.BlockElements * 40, 1f, 3);
        for (int index = 0; index < values.Length; index++)
        {
            values[index] *= sizes[(index * 7 / 3) % sizes.Length];
        }

        Assert.All(Decode(format, Encode(format, values)), value => Assert.InRange(value, -1e5f, 1e5f));
    }

    [Fact]
    public void Quantize_ManyThreads_GivesTheBytesOfOne()
    {
        float[] values = Noise(256 * 24, 0.05f);
        foreach (BlockFormat format in Blocked)
        {
            byte[] expected = Encode(format, values);
            var actual = new byte[expected.Length];

            Parallel.For(0, 24, part =>
            {
                int bytes = (int)format.ByteCount(256);
                format.Quantize(values.AsSpan(part * 256, 256), actual.AsSpan(part * bytes, bytes));
            });

            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Quantize_IQ4NLSearch_ErrsLessThanTheReferenceEncoder()
    {
        float[] values = Noise(32 * 200, 0.3f);

        Assert.True(RelativeError(new IQ4NLFormat(), values) < RelativeError(new IQ4NLFormat(search: false), values));
    }
}
