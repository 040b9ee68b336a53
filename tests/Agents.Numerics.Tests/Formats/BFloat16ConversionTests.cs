using Agents.Numerics.Formats;

namespace Agents.Numerics.Tests.Formats;

public class BFloat16ConversionTests
{
    [Theory]
    [InlineData(0x3f80_0000u, 0x3f80)] // 1
    [InlineData(0x3f80_8000u, 0x3f80)] // tie, even below
    [InlineData(0x3f80_8001u, 0x3f81)] // just above the tie
    [InlineData(0x3f81_8000u, 0x3f82)] // tie, even above
    [InlineData(0x7f7f_ffffu, 0x7f80)] // largest single rounds to infinity
    [InlineData(0x8000_0000u, 0x8000)] // -0
    [InlineData(0xff80_0000u, 0xff80)] // -infinity
    [InlineData(0x7f80_0001u, 0x7fc0)] // signalling NaN must not become infinity
    [InlineData(0xffff_ffffu, 0xffff)] // NaN must not wrap round to zero
    public void FromSingle_KnownPatterns_RoundToNearestEven(uint bits, int expected) =>
        Assert.Equal((ushort)expected, BFloat16Conversion.FromSingle(BitConverter.UInt32BitsToSingle(bits)));

    [Fact]
    public void FromSingle_EveryBFloat16_RoundTripsOrIsTheQuietNaN()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float value = BFloat16Conversion.ToSingle((ushort)bits);
            int expected = float.IsNaN(value) ? bits | 0x40 : bits;

            Assert.Equal((ushort)expected, BFloat16Conversion.FromSingle(value));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(4099)]
    public void Bulk_AnyLength_EqualsTheScalar(int length)
    {
        var values = new float[length];
        for (int index = 0; index < length; index++)
        {
            values[index] = BitConverter.UInt32BitsToSingle(((uint)index * 2654435761u) ^ 0x5bd1e995u);
        }

        var narrow = new ushort[length];
        var wide = new float[length];
        BFloat16Conversion.Narrow(values, narrow);
        BFloat16Conversion.Widen(narrow, wide);

        for (int index = 0; index < length; index++)
        {
            Assert.Equal(BFloat16Conversion.FromSingle(values[index]), narrow[index]);
            Assert.Equal(
                BitConverter.SingleToUInt32Bits(BFloat16Conversion.ToSingle(narrow[index])),
                BitConverter.SingleToUInt32Bits(wide[index]));
        }
    }

    [Fact]
    public void Narrow_SpecialValuesInVectorLanes_EqualTheScalar()
    {
        uint[] patterns =
        [
            0, 0x8000_0000, 0x7f80_0000, 0xff80_0000, 0x7f80_0001, 0xff80_0001, 0x7fff_ffff, 0xffff_ffff,
            0x7f7f_ffff, 0xff7f_ffff, 1, 0x8000_0001, 0x0000_8000, 0x0001_8000, 0x007f_ffff, 0x3f80_8000,
        ];
        float[] values = [.. patterns.Select(BitConverter.UInt32BitsToSingle)];
        var narrow = new ushort[values.Length];

        BFloat16Conversion.Narrow(values, narrow);

        Assert.Equal(values.Select(BFloat16Conversion.FromSingle), narrow);
    }

    [Fact]
    public void Bulk_DifferentLengths_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => BFloat16Conversion.Widen(new ushort[3], new float[4]));
        Assert.Throws<ArgumentException>(() => BFloat16Conversion.Narrow(new float[3], new ushort[4]));
    }
}
