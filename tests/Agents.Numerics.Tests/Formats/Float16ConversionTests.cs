using Agents.Numerics.Formats;

namespace Agents.Numerics.Tests.Formats;

public class Float16ConversionTests
{
    /// <summary>The definition: sign, exponent and fraction, in double precision.</summary>
    private static float Reference(ushort half)
    {
        int exponent = (half >> 10) & 31;
        int fraction = half & 1023;
        double magnitude = exponent switch
        {
            0 => fraction * Math.Pow(2, -24),
            31 => fraction == 0 ? double.PositiveInfinity : double.NaN,
            _ => (1024 + fraction) * Math.Pow(2, exponent - 25),
        };
        return (float)((half >> 15) == 0 ? magnitude : -magnitude);
    }

    [Fact]
    public void ToSingle_EveryPattern_EqualsTheDefinition()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float expected = Reference((ushort)bits);
            float actual = Float16Conversion.ToSingle((ushort)bits);

            if (float.IsNaN(expected))
            {
                Assert.True(float.IsNaN(actual), $"0x{bits:x4} is NaN");
            }
            else
            {
                Assert.Equal(BitConverter.SingleToUInt32Bits(expected), BitConverter.SingleToUInt32Bits(actual));
            }
        }
    }

    [Fact]
    public void Widen_EveryPattern_HasTheBitsOfTheScalar()
    {
        var source = new ushort[65536 + 5];
        for (int index = 0; index < source.Length; index++)
        {
            source[index] = (ushort)index;
        }

        var actual = new float[source.Length];
        Float16Conversion.Widen(source, actual);

        for (int index = 0; index < source.Length; index++)
        {
            Assert.Equal(
                BitConverter.SingleToUInt32Bits(Float16Conversion.ToSingle(source[index])),
                BitConverter.SingleToUInt32Bits(actual[index]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(47)]
    public void Widen_OddLengths_WriteEveryElementAndNoMore(int length)
    {
        var source = new ushort[length];
        Array.Fill(source, (ushort)0x3c00);
        var actual = new float[length + 1];
        actual[length] = -7;

        Float16Conversion.Widen(source, actual.AsSpan(0, length));

        Assert.All(actual[..length], value => Assert.Equal(1f, value));
        Assert.Equal(-7, actual[length]);
    }

    [Fact]
    public void FromSingle_EveryHalf_RoundTrips()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float value = Float16Conversion.ToSingle((ushort)bits);
            if (!float.IsNaN(value))
            {
                Assert.Equal((ushort)bits, Float16Conversion.FromSingle(value));
            }
        }
    }

    [Fact]
    public void FromSingle_MidpointsOfNeighbours_GoToTheEvenOne()
    {
        for (ushort lower = 0; lower < 0x7bff; lower++)
        {
            ushort upper = (ushort)(lower + 1);
            float midpoint = (float)((Reference(lower) + (double)Reference(upper)) / 2);
            ushort even = (lower & 1) == 0 ? lower : upper;

            Assert.Equal(even, Float16Conversion.FromSingle(midpoint));
            Assert.Equal(upper, Float16Conversion.FromSingle(MathF.BitIncrement(midpoint)));
            Assert.Equal(lower, Float16Conversion.FromSingle(MathF.BitDecrement(midpoint)));
        }
    }

    [Theory]
    [InlineData(65519.996f, 0x7bff)]
    [InlineData(65520f, 0x7c00)]
    [InlineData(float.PositiveInfinity, 0x7c00)]
    [InlineData(float.NegativeInfinity, 0xfc00)]
    [InlineData(-0f, 0x8000)]
    [InlineData(2.98e-8f, 0x0000)]
    public void FromSingle_EdgesOfTheRange_AreExact(float value, int expected) =>
        Assert.Equal((ushort)expected, Float16Conversion.FromSingle(value));

    [Fact]
    public void FromSingle_NaN_StaysNaN() =>
        Assert.True(float.IsNaN(Float16Conversion.ToSingle(Float16Conversion.FromSingle(float.NaN))));

    [Fact]
    public void Narrow_EveryHalfItsMidpointsAndTheirNeighbours_EqualsTheScalar()
    {
        var values = new List<float>();
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            uint single = BitConverter.SingleToUInt32Bits(Float16Conversion.ToSingle((ushort)bits));
            foreach (uint offset in (uint[])[0, 1, 0xfff, 0x1000, 0x1001, 0x1fff])
            {
                values.Add(BitConverter.UInt32BitsToSingle(single + offset));
            }
        }

        AssertNarrowEqualsScalar([.. values]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(300_007)]
    public void Narrow_ScatteredPatterns_EqualsTheScalar(int length)
    {
        var values = new float[length];
        for (int index = 0; index < length; index++)
        {
            values[index] = BitConverter.UInt32BitsToSingle(((uint)index * 2654435761u) ^ 0x5bd1e995u);
        }

        AssertNarrowEqualsScalar(values);
    }

    private static void AssertNarrowEqualsScalar(float[] values)
    {
        var narrow = new ushort[values.Length];
        Float16Conversion.Narrow(values, narrow);
        for (int index = 0; index < values.Length; index++)
        {
            if (Float16Conversion.FromSingle(values[index]) != narrow[index])
            {
                Assert.Fail($"{values[index]:r} (0x{BitConverter.SingleToUInt32Bits(values[index]):x8}) became 0x{narrow[index]:x4}, expected 0x{Float16Conversion.FromSingle(values[index]):x4}");
            }
        }
    }

    [Fact]
    public void Bulk_DifferentLengths_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Float16Conversion.Widen(new ushort[3], new float[4]));
        Assert.Throws<ArgumentException>(() => Float16Conversion.Narrow(new float[3], new ushort[4]));
    }
}
