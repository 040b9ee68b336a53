using Agents.Numerics.Formats;

namespace Agents.Numerics.Tests.Formats;

public class Q80FormatTests
{
    private static readonly BlockFormat Format = BlockFormats.Get(ElementType.Q8_0);

    /// <summary>The definition, one element at a time.</summary>
    private static byte[] ReferenceEncode(float[] values)
    {
        var bytes = new byte[values.Length / 32 * 34];
        for (int block = 0; block < values.Length / 32; block++)
        {
            float largest = 0;
            for (int index = 0; index < 32; index++)
            {
                largest = MathF.Max(largest, MathF.Abs(values[(block * 32) + index]));
            }

            float scale = largest / 127f;
            float inverse = scale == 0 ? 0 : 1 / scale;
            BitConverter.TryWriteBytes(bytes.AsSpan(block * 34), (Half)scale);
            for (int index = 0; index < 32; index++)
            {
                float code = MathF.Round(values[(block * 32) + index] * inverse, MidpointRounding.AwayFromZero);
                bytes[(block * 34) + 2 + index] = (byte)(sbyte)code;
            }
        }

        return bytes;
    }

    private static float[] Noise(int length, float size)
    {
        var values = new float[length];
        uint state = 12345;
        for (int index = 0; index < length; index++)
        {
            state = (state * 1664525) + 1013904223;
            values[index] = ((state >> 8) / 8388608f - 1) * size;
        }

        return values;
    }

    [Fact]
    public void Quantize_TheRampOfThePaper_HasItsBytes()
    {
        float[] ramp = [.. Enumerable.Range(0, 32).Select(index => (index - 16) / 8f)];
        var bytes = new byte[34];

        Format.Quantize(ramp, bytes);

        Assert.Equal(
            "0824" + "81899199a1a9b1b9c0c8d0d8e0e8f0f8000810182028303840474f575f676f77",
            Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void Dequantize_KnownBlock_IsScaleTimesCode()
    {
        byte[] bytes = Convert.FromHexString("0038" + "807f00ff01" + new string('0', 54));
        var values = new float[32];

        Format.Dequantize(bytes, values);

        Assert.Equal([-64f, 63.5f, 0f, -0.5f, 0.5f, 0f], values[..6]);
    }

    [Theory]
    [InlineData(32, 1f)]
    [InlineData(96, 1e-3f)]
    [InlineData(32 * 33, 40f)]
    [InlineData(32 * 7, 1e6f)]
    [InlineData(32 * 5, 1e-9f)]
    public void Quantize_AnyBlocks_EqualsTheScalarDefinition(int length, float size)
    {
        float[] values = Noise(length, size);
        var bytes = new byte[length / 32 * 34];

        Format.Quantize(values, bytes);

        Assert.Equal(ReferenceEncode(values), bytes);
    }

    [Fact]
    public void Quantize_Halves_RoundAwayFromZeroAndJustBelowDoNot()
    {
        // d is exactly 1, so codes are the rounded values themselves.
        var values = new float[32];
        values[0] = 127;
        values[1] = 0.5f;
        values[2] = -0.5f;
        values[3] = 0.49999997f;
        values[4] = -2.5f;
        values[5] = 126.5f;
        var bytes = new byte[34];

        Format.Quantize(values, bytes);

        Assert.Equal([127, 1, -1, 0, -3, 127, 0], bytes[2..9].Select(code => (int)(sbyte)code));
    }

    [Fact]
    public void Quantize_Zeros_GivesZeroBytes()
    {
        var bytes = new byte[34];
        Array.Fill(bytes, (byte)0xcc);

        Format.Quantize(new float[32], bytes);

        Assert.Equal(new byte[34], bytes);
    }

    [Fact]
    public void Quantize_ReciprocalOverflows_GivesZeros()
    {
        var values = new float[32];
        values[3] = float.Epsilon * 1000;
        var bytes = new byte[34];

        Format.Quantize(values, bytes);

        Assert.Equal(new byte[34], bytes);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e7f)]
    public void Quantize_ValueThatDoesNotFit_IsRefusedWithItsBlock(float value)
    {
        for (int position = 32; position < 64; position++)
        {
            var values = new float[64];
            values[position] = value;

            var error = Assert.Throws<ArgumentException>(() => Format.Quantize(values, new byte[68]));

            Assert.Contains("elements 32 to 63", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(1e-2f)]
    [InlineData(100f)]
    public void RoundTrip_Error_StaysWithinHalfAStep(float size)
    {
        float[] values = Noise(32 * 65, size);
        var bytes = new byte[65 * 34];
        var decoded = new float[values.Length];

        Format.Quantize(values, bytes);
        Format.Dequantize(bytes, decoded);

        for (int index = 0; index < values.Length; index++)
        {
            // Half a step, plus the rounding of the stored scale (2^-11 relative) times the code.
            Assert.InRange(Math.Abs(values[index] - decoded[index]), 0, size * (0.5 / 127 + Math.Pow(2, -11)));
        }
    }
}
