using System.Text;
using Agents.Models.Safetensors;

namespace Agents.Models.Tests.Safetensors;

/// <summary>Damaged and hostile files: nothing but <see cref="ModelFormatException"/> escapes, and allocation stays bounded by the size.</summary>
public class SafetensorsHostileTests
{
    private const long Slack = 4 << 20;

    private static ModelFormatException? Read(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelFormatException? refusal = null;
        long allocated = 0;
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(stream, "hostile.safetensors");
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.All(file.Tensors, tensor => Assert.Equal(tensor.ByteCount, file.Data(tensor).Length));
        }
        catch (ModelFormatException exception)
        {
            refusal = exception;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(allocated <= (16L * bytes.Length) + Slack, $"{allocated} bytes allocated for a file of {bytes.Length}");
        return refusal;
    }

    private static void AssertRefused(byte[] bytes, string reason)
    {
        ModelFormatException? refusal = Read(bytes);
        Assert.NotNull(refusal);
        Assert.StartsWith("hostile.safetensors: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TruncatedAtEveryByte_IsRefused()
    {
        byte[] bytes = SafetensorsRoundTripTests.Sample();
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.NotNull(Read(bytes[..length]));
        }

        Assert.Null(Read(bytes));
        Assert.NotNull(Read([.. bytes, 0]));
    }

    [Fact]
    public void Open_EveryBitFlipped_IsReadOrRefused()
    {
        byte[] bytes = SafetensorsRoundTripTests.Sample();
        int accepted = 0;
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            accepted += Read(bytes) is null ? 1 : 0;
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.InRange(accepted, 1, (bytes.Length * 8) - 1);
    }

    [Fact]
    public void Open_PseudoRandomDamage_IsReadOrRefused()
    {
        byte[] original = SafetensorsRoundTripTests.Sample();
        uint state = 7;
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = [.. original];
            for (int change = 0; change < 3; change++)
            {
                state = (state * 1664525) + 1013904223;
                bytes[(int)((state >> 8) % (uint)bytes.Length)] = (byte)(state >> 24);
            }

            Read(bytes);
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1ul << 63)]
    [InlineData((1ul << 32) + 2)]
    [InlineData(3ul)]
    public void Open_HeaderLengthBeyondTheFile_IsRefused(ulong length)
    {
        byte[] bytes = SafetensorsRoundTripTests.Raw("{}", 0);
        BitConverter.TryWriteBytes(bytes, length);

        AssertRefused(bytes, "declares a header of");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{} x")]
    [InlineData("{}{}")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"F64","shape":[4611686018427387904],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,9223372036854775807]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":1}}""")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}""")]
    [InlineData("""{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F4","shape":[1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"__metadata__":{"a":1},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"__metadata__":{"k":"v","k":"w"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"__metadata__":{},"__metadata__":{},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""")]
    public void Open_BrokenHeader_IsRefused(string header) =>
        AssertRefused(SafetensorsRoundTripTests.Raw(header, 1), string.Empty);

    [Theory]
    [InlineData("[0,4]", "[2,6]")]
    [InlineData("[0,4]", "[0,4]")]
    [InlineData("[1,5]", "[5,9]")]
    [InlineData("[0,4]", "[5,9]")]
    [InlineData("[0,4]", "[8,12]")]
    public void Open_RangesThatOverlapOrLeaveGaps_AreRefused(string first, string second)
    {
        string header = """{"a":{"dtype":"F32","shape":[1],"data_offsets":FIRST},"b":{"dtype":"F32","shape":[1],"data_offsets":SECOND}}"""
            .Replace("FIRST", first, StringComparison.Ordinal)
            .Replace("SECOND", second, StringComparison.Ordinal);

        AssertRefused(SafetensorsRoundTripTests.Raw(header, 8), "ranges overlap");
    }

    [Fact]
    public void Open_RangesInAnyHeaderOrder_AreAccepted() =>
        Assert.Null(Read(SafetensorsRoundTripTests.Raw(
            """{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  """, 8)));

    [Fact]
    public void Open_DeeplyNestedHeader_IsRefused() =>
        AssertRefused(SafetensorsRoundTripTests.Raw(new string('[', 100_000), 0), "header");

    [Fact]
    public void Open_ManyShortEntries_AllocatesWithinTheBound()
    {
        StringBuilder header = new("{\"__metadata__\":{");
        for (int index = 0; index < 60_000; index++)
        {
            header.Append(index == 0 ? "" : ",").Append('"').Append(index.ToString("x", null)).Append("\":\"\"");
        }

        header.Append('}');
        for (int index = 0; index < 60_000; index++)
        {
            header.Append(",\"").Append(index.ToString("x", null)).Append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }

        Assert.Null(Read(SafetensorsRoundTripTests.Raw(header.Append('}').ToString(), 0)));
    }

    [Theory]
    [InlineData("504b0304140000000800")]
    [InlineData("80027d7100580100000061")]
    [InlineData("80049511000000000000007d94")]
    public void Open_PickleUnderAnotherName_IsRefusedByName(string hex) => AssertRefused(Convert.FromHexString(hex), "pickle checkpoint");
}
