using Agents.Numerics.Formats;

namespace Agents.Numerics.Tests.Formats;

public class BlockFormatTests
{
    [Theory]
    [InlineData(ElementType.F32, 0, 1, 4)]
    [InlineData(ElementType.F16, 1, 1, 2)]
    [InlineData(ElementType.BF16, 30, 1, 2)]
    [InlineData(ElementType.Q8_0, 8, 32, 34)]
    [InlineData(ElementType.Q4_0, 2, 32, 18)]
    [InlineData(ElementType.Q4_1, 3, 32, 20)]
    [InlineData(ElementType.Q5_0, 6, 32, 22)]
    [InlineData(ElementType.Q5_1, 7, 32, 24)]
    [InlineData(ElementType.Q8_1, 9, 32, 36)]
    [InlineData(ElementType.Q2_K, 10, 256, 84)]
    [InlineData(ElementType.Q3_K, 11, 256, 110)]
    [InlineData(ElementType.Q4_K, 12, 256, 144)]
    [InlineData(ElementType.Q5_K, 13, 256, 176)]
    [InlineData(ElementType.Q6_K, 14, 256, 210)]
    [InlineData(ElementType.Q8_K, 15, 256, 292)]
    [InlineData(ElementType.IQ4_NL, 20, 32, 18)]
    [InlineData(ElementType.IQ4_XS, 23, 256, 136)]
    [InlineData(ElementType.I8, 24, 1, 1)]
    [InlineData(ElementType.I16, 25, 1, 2)]
    [InlineData(ElementType.I32, 26, 1, 4)]
    [InlineData(ElementType.I64, 27, 1, 8)]
    [InlineData(ElementType.F64, 28, 1, 8)]
    [InlineData(ElementType.TQ1_0, 34, 256, 54)]
    [InlineData(ElementType.TQ2_0, 35, 256, 66)]
    public void Layout_NamedType_HasTheFileFormatsIdAndSizes(ElementType type, int id, int elements, int bytes)
    {
        Assert.Equal(id, (int)type);
        Assert.True(BlockLayouts.TryGet(type, out BlockLayout layout));
        Assert.Equal(new BlockLayout(elements, bytes), layout);
    }

    [Fact]
    public void Layout_EveryNamedType_IsKnown() =>
        Assert.All(Enum.GetValues<ElementType>(), type => Assert.True(BlockLayouts.TryGet(type, out _), type.ToString()));

    [Fact]
    public void Layout_UnnamedType_IsUnknownAndNamedByItsId()
    {
        Assert.False(BlockLayouts.TryGet((ElementType)99, out _));
        Assert.Equal("type 99", BlockLayouts.NameOf((ElementType)99));
        Assert.Equal("Q8_0", BlockLayouts.NameOf(ElementType.Q8_0));
    }

    [Theory]
    [InlineData(64, true, 68)]
    [InlineData(0, true, 0)]
    [InlineData(33, false, 0)]
    [InlineData(-32, false, 0)]
    [InlineData(long.MaxValue - 31, false, 0)]
    public void TryGetByteCount_AnyCount_IsOverflowSafe(long elements, bool expected, long bytes)
    {
        Assert.Equal(expected, new BlockLayout(32, 34).TryGetByteCount(elements, out long actual));
        Assert.Equal(bytes, actual);
    }

    [Fact]
    public void TryGetByteCount_LargestCount_IsExact()
    {
        Assert.True(new BlockLayout(1, 4).TryGetByteCount(long.MaxValue / 4, out long bytes));
        Assert.Equal(long.MaxValue / 4 * 4, bytes);
        Assert.False(new BlockLayout(1, 4).TryGetByteCount((long.MaxValue / 4) + 1, out _));
    }

    [Fact]
    public void Registry_AllFormats_AreFoundByTheirType()
    {
        Assert.Equal(
            [ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.Q8_0],
            BlockFormats.All.Select(format => format.Type).Take(4));
        Assert.All(BlockFormats.All, format => Assert.Same(format, BlockFormats.Get(format.Type)));
    }

    [Fact]
    public void Registry_TypeWithoutCodec_IsRefusedByName()
    {
        var error = Assert.Throws<NotSupportedException>(() => BlockFormats.Get(ElementType.I64));

        Assert.Contains("I64", error.Message, StringComparison.Ordinal);
        Assert.Contains("Q8_0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ByteCount_PartOfABlock_IsRefused()
    {
        BlockFormat format = BlockFormats.Get(ElementType.Q8_0);

        Assert.Equal(8.5, format.BitsPerWeight);
        Assert.Equal(102, format.ByteCount(96));
        Assert.Throws<ArgumentException>(() => format.ByteCount(97));
    }

    [Theory]
    [InlineData(32, 33)]
    [InlineData(31, 34)]
    [InlineData(64, 34)]
    public void Codec_LengthsThatDoNotMatch_AreRefused(int elements, int bytes)
    {
        BlockFormat format = BlockFormats.Get(ElementType.Q8_0);

        Assert.Throws<ArgumentException>(() => format.Dequantize(new byte[bytes], new float[elements]));
        Assert.Throws<ArgumentException>(() => format.Quantize(new float[elements], new byte[bytes]));
    }

    [Theory]
    [InlineData(ElementType.F32, "0000803f000020c1")]
    [InlineData(ElementType.F16, "003c00c9")]
    [InlineData(ElementType.BF16, "803f20c1")]
    public void PlainFormats_OneAndMinusTen_HaveTheirBytes(ElementType type, string expected)
    {
        BlockFormat format = BlockFormats.Get(type);
        var bytes = new byte[format.ByteCount(2)];
        var decoded = new float[2];

        format.Quantize([1f, -10f], bytes);
        format.Dequantize(bytes, decoded);

        Assert.Equal(expected, Convert.ToHexStringLower(bytes));
        Assert.Equal([1f, -10f], decoded);
    }

    [Fact]
    public void Codecs_SteadyState_AllocateNothing()
    {
        var values = new float[256 * 9];
        Array.Fill(values, 1.5f);
        byte[][] stored = [.. BlockFormats.All.Select(format => new byte[format.ByteCount(values.Length)])];
        Convert();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Convert();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);

        void Convert()
        {
            for (int index = 0; index < stored.Length; index++)
            {
                BlockFormats.All[index].Quantize(values, stored[index]);
                BlockFormats.All[index].Dequantize(stored[index], values);
            }
        }
    }

    [Theory]
    [InlineData(65520f)]
    [InlineData(-1e30f)]
    public void Quantize_F16ValueThatWouldBecomeInfinite_IsRefused(float value)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => BlockFormats.Get(ElementType.F16).Quantize([1, 2, value], new byte[6]));
        Assert.Contains("element 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_F16LargestValueAndInfinity_AreKept()
    {
        byte[] stored = new byte[6];
        BlockFormats.Get(ElementType.F16).Quantize([65519f, float.NegativeInfinity, float.NaN], stored);
        Assert.Equal([0xff, 0x7b, 0x00, 0xfc], stored[..4]);
    }
}
