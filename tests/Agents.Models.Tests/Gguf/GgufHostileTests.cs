using Agents.Models.Gguf;

namespace Agents.Models.Tests.Gguf;

/// <summary>Damaged and hostile files: nothing but <see cref="ModelFormatException"/> escapes, and allocation stays bounded by the size.</summary>
public class GgufHostileTests
{
    private const long Slack = 4 << 20;

    /// <summary>Opens and reads all; returns the refusal, or null when the file was accepted.</summary>
    private static ModelFormatException? Read(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        var values = new float[4096];
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelFormatException? refusal = null;
        long allocated = 0;
        try
        {
            using GgufFile file = GgufFile.Open(stream, "hostile.gguf");
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            foreach (GgufTensor tensor in file.Tensors)
            {
                try
                {
                    if (tensor.ElementCount <= values.Length)
                    {
                        file.ReadFloats(tensor, values.AsSpan(0, (int)tensor.ElementCount));
                    }
                }
                catch (ModelFormatException)
                {
                    // A type that cannot be decoded; the structure was accepted.
                }
            }
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
        Assert.StartsWith("hostile.gguf: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TruncatedAtEveryByte_IsRefused()
    {
        byte[] bytes = GgufSamples.Everything();
        int dataEnd = bytes.Length - (224 - 204);

        for (int length = 0; length < dataEnd; length++)
        {
            Assert.NotNull(Read(bytes[..length]));
        }

        // Only the padding behind the last tensor may be missing.
        Assert.Null(Read(bytes[..dataEnd]));
    }

    [Fact]
    public void Open_EveryBitFlipped_IsReadOrRefused()
    {
        byte[] bytes = GgufSamples.Everything();
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
    public void Open_EveryEightBytesReplacedByExtremes_IsReadOrRefused()
    {
        byte[] original = GgufSamples.Everything();
        long[] extremes =
        [
            long.MaxValue, long.MinValue, -1, int.MaxValue, 1L + int.MaxValue, uint.MaxValue, 1L + uint.MaxValue,
            long.MaxValue / 4, (long.MaxValue / 34) + 1, original.Length, original.Length + 1, 0,
        ];
        foreach (long extreme in extremes)
        {
            for (int position = 4; position + 8 <= original.Length; position++)
            {
                byte[] bytes = [.. original];
                BitConverter.TryWriteBytes(bytes.AsSpan(position), extreme);
                Read(bytes);
            }
        }
    }

    [Fact]
    public void Open_PseudoRandomDamage_IsReadOrRefused()
    {
        byte[] original = GgufSamples.Everything();
        uint state = 1;
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = [.. original];
            for (int change = 0; change < 4; change++)
            {
                state = (state * 1664525) + 1013904223;
                bytes[(int)((state >> 8) % (uint)bytes.Length)] = (byte)(state >> 24);
            }

            Read(bytes);
        }
    }

    [Theory]
    [InlineData("47475547", "not a GGUF file")]
    [InlineData("00000000", "not a GGUF file")]
    [InlineData("4747554601000000", "version 1 is not supported")]
    [InlineData("4747554604000000", "version 4 is not supported")]
    [InlineData("4747554600000000", "version 0 is not supported")]
    [InlineData("4747554600000003", "big-endian")]
    [InlineData("474755", "the file ends inside the magic number")]
    public void Open_WrongStart_IsRefusedWithTheReason(string hex, string reason) => AssertRefused(Convert.FromHexString(hex), reason);

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1ul << 63)]
    [InlineData(1ul << 32)]
    [InlineData(1000ul)]
    public void Open_CountsBeyondTheFile_AreRefused(ulong count)
    {
        AssertRefused(GgufSamples.Raw(3, count, 0, _ => { }), "tensors");
        AssertRefused(GgufSamples.Raw(3, 0, count, _ => { }), "metadata keys");
        AssertRefused(GgufSamples.Raw(3, 0, 1, writer => writer.Write(count)), "metadata key");
        AssertRefused(GgufSamples.Raw(3, 0, 1, writer => { writer.Text("a"); writer.Write(8); writer.Write(count); }), "byte");
        AssertRefused(GgufSamples.Raw(3, 0, 1, writer => { writer.Text("a"); writer.Write(9); writer.Write(4); writer.Write(count); writer.Write(0); }), "left");
        AssertRefused(GgufSamples.Raw(3, 0, 1, writer => { writer.Text("a"); writer.Write(9); writer.Write(8); writer.Write(count); writer.Write(0); }), "strings");
    }

    [Fact]
    public void Open_ArrayOfArrays_IsRefused() =>
        AssertRefused(
            GgufSamples.Raw(3, 0, 1, writer => { writer.Text("a"); writer.Write(9); writer.Write(9); writer.Write(1ul); writer.Write(new byte[16]); }),
            "array of arrays");

    [Fact]
    public void Open_BrokenKeysAndValues_AreRefused()
    {
        AssertRefused(Keys(writer => { writer.Text("a"); writer.Write(13); writer.Write(0L); }), "unknown value type 13");
        AssertRefused(Keys(writer => { writer.Text("a"); writer.Write(9); writer.Write(77); writer.Write(0L); }), "unknown type 77");
        AssertRefused(Keys(writer => { writer.Text("a"); writer.Write(7); writer.Write((byte)2); }), "as a boolean");
        AssertRefused(Keys(writer => { writer.Text(""); writer.Write(4); writer.Write(1); }), "empty");
        AssertRefused(Keys(writer => { writer.Write(1ul); writer.Write((byte)0xff); writer.Write(4); writer.Write(1); }), "UTF-8");
        AssertRefused(Keys(writer => { writer.Text("a"); writer.Write(8); writer.Write(2ul); writer.Write("\u00c3("u8[..1]); writer.Write((byte)40); }), "UTF-8");
        AssertRefused(
            GgufSamples.Raw(3, 0, 2, writer => { writer.Text("a"); writer.Write(4); writer.Write(1); writer.Text("a"); writer.Write(4); writer.Write(1); }),
            "'a' occurs twice");

        static byte[] Keys(Action<BinaryWriter> key) => GgufSamples.Raw(3, 0, 1, key);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(24)]
    [InlineData(-32)]
    public void Open_AlignmentNoPowerOfTwo_IsRefused(int alignment) =>
        AssertRefused(
            GgufSamples.Raw(3, 0, 1, writer => { writer.Text("general.alignment"); writer.Write(5); writer.Write(alignment); }),
            "power of two");

    [Fact]
    public void Open_BrokenTensors_AreRefused()
    {
        AssertRefused(Tensors(1, writer => writer.Tensor("", 0, 0, 1)), "empty");
        AssertRefused(Tensors(1, writer => writer.Tensor(new string('n', 64), 0, 0, 1)), "at most 63");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 0, 0, 1, 1, 1, 1, 1)), "5 dimensions");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 0, 0, 0)), "dimension of 0");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 0, 0, ulong.MaxValue)), "dimension of -1");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 0, 0, 1ul << 62, 4)), "more elements");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 0, 0, 1ul << 61, 2)), "too large");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 8, 0, 16, 2)), "blocks of 32");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 12, 0, 128, 2)), "blocks of 256");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 0, 16, 1)), "alignment");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 0, 1ul << 63, 1)), "alignment");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 0, 128, 1)), "truncated or damaged");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 0, 0, 33)), "truncated or damaged");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 0, long.MaxValue & ~31, 1)), "truncated or damaged");
        AssertRefused(Tensors(1, writer => writer.Tensor("t", 99, 4096, 1)), "truncated or damaged");
        AssertRefused(Tensors(2, writer => { writer.Tensor("t", 0, 0, 1); writer.Tensor("t", 0, 32, 1); }), "'t' occurs twice");
        AssertRefused(Tensors(2, writer => { writer.Tensor("t", 0, 32, 8); writer.Tensor("s", 0, 0, 9); }), "'s' and 't' overlap");
        AssertRefused(Tensors(2, writer => { writer.Tensor("t", 0, 0, 8); writer.Tensor("s", 0, 0, 8); }), "overlap");

        static byte[] Tensors(ulong count, Action<BinaryWriter> tensors) =>
            GgufSamples.Raw(3, count, 0, writer => { tensors(writer); writer.DataPart(128); });
    }

    [Fact]
    public void UnknownTypes_AreRefusedByNameOnlyWhenTheirDataIsAsked()
    {
        using GgufFile file = GgufSamples.Open(GgufSamples.Raw(3, 3, 0, writer =>
        {
            writer.Tensor("future", 99, 160, 32);
            writer.Tensor("fancy", 23, 0, 256);
            writer.Tensor("plain", 0, 192, 2);
            writer.DataPart(200);
        }));
        var two = new float[2];

        file.ReadFloats(file.GetTensor("plain"), two);
        var unknown = Assert.Throws<GgufFormatException>(() => file.Data(file.GetTensor("future")).Length);
        var undecodable = Assert.Throws<GgufFormatException>(() => file.ReadFloats(file.GetTensor("fancy"), new float[256]));

        Assert.Contains("'future' is stored as type 99", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("'fancy' is stored as IQ4_XS", undecodable.Message, StringComparison.Ordinal);
        Assert.Equal(136, file.Data(file.GetTensor("fancy")).Length);
    }

    [Fact]
    public void Open_ManyShortKeys_AllocatesWithinTheBound()
    {
        const int Count = 200_000;
        byte[] bytes = GgufSamples.Raw(3, 0, Count, writer =>
        {
            for (int index = 0; index < Count; index++)
            {
                writer.Text(index.ToString("x", null));
                writer.Write(0);
                writer.Write((byte)1);
            }
        });

        Assert.Null(Read(bytes));
    }

    [Fact]
    public void Open_ManySmallTensors_AllocatesWithinTheBound()
    {
        const int Count = 100_000;
        byte[] bytes = GgufSamples.Raw(3, Count, 0, writer =>
        {
            for (int index = 0; index < Count; index++)
            {
                writer.Tensor(index.ToString("x", null), 99, 0);
            }

            writer.DataPart(0);
        });

        Assert.Null(Read(bytes));
    }
}
