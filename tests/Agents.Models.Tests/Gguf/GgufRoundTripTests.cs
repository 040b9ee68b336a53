using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Gguf;

public class GgufRoundTripTests
{
    [Fact]
    public void Writer_MinimalFileOfThePaper_Has129HeaderBytesDataAt160And416InAll()
    {
        using MemoryStream stream = new();
        using GgufWriter writer = new(stream);
        writer.AddMetadata("general.architecture", GgufValue.Of("llama"));
        writer.AddMetadata("a.b", GgufValue.Of(7u));
        writer.DeclareTensor("w", ElementType.F32, 2, 32);
        writer.WriteFloats("w", [.. Enumerable.Range(1, 64).Select(index => (float)index)]);
        writer.Commit();
        byte[] bytes = stream.ToArray();

        Assert.Equal(416, bytes.Length);
        Assert.All(bytes[129..160], value => Assert.Equal(0, value));
        Assert.Equal(1f, BitConverter.ToSingle(bytes, 160));
        Assert.NotEqual(0, bytes[24 + 8 + 20 + 4 + 8 + 5 - 1]);
        using GgufFile file = GgufSamples.Open(bytes);
        Assert.Equal(160, file.DataOffset);
        Assert.Equal([32L, 2L], file.GetTensor("w").Dimensions);
        Assert.Equal([2L, 32L], file.GetTensor("w").Shape);
    }

    [Fact]
    public void Writer_TinyFile_HasTheseBytes()
    {
        using MemoryStream stream = new();
        using GgufWriter writer = new(stream);
        writer.AddMetadata("k", GgufValue.OfArray("ab"));
        writer.DeclareTensor("t", ElementType.F16, 1, 2);
        writer.WriteFloats("t", [1f, -2f]);
        writer.Commit();

        string expected =
            "47475546" + "03000000" + "0100000000000000" + "0100000000000000"
            + "0100000000000000" + "6b" + "09000000" + "08000000" + "0100000000000000" + "0200000000000000" + "6162"
            + "0100000000000000" + "74" + "02000000" + "0200000000000000" + "0100000000000000" + "01000000" + "0000000000000000"
            + new string('0', 2 * (128 - 100)) + "003c00c0" + new string('0', 2 * 28);
        Assert.Equal(expected, Convert.ToHexStringLower(stream.ToArray()));
    }

    [Fact]
    public void Writer_SameCalls_GiveTheSameBytes() => Assert.Equal(GgufSamples.Everything(), GgufSamples.Everything());

    [Fact]
    public void Metadata_EveryType_RoundTripsInOrder()
    {
        using GgufFile file = GgufSamples.Open(GgufSamples.Everything());
        IReadOnlyDictionary<string, GgufValue> values = file.Metadata.Values;

        Assert.Equal(3, file.Version);
        Assert.Equal(26, values.Count);
        Assert.Equal(["general.architecture", "u8", "i8"], values.Keys.Take(3));
        Assert.Equal((byte)200, values["u8"].Data);
        Assert.Equal((sbyte)-100, values["i8"].Data);
        Assert.Equal((ushort)60000, values["u16"].Data);
        Assert.Equal((short)-30000, values["i16"].Data);
        Assert.Equal(4000000000u, values["u32"].Data);
        Assert.Equal(-7, values["i32"].Data);
        Assert.Equal(0.25f, values["f32"].Data);
        Assert.Equal(true, values["bool"].Data);
        Assert.Equal("Ġhéllo 🦙", values["text"].Data);
        Assert.Equal(ulong.MaxValue, values["u64"].Data);
        Assert.Equal(long.MinValue, values["i64"].Data);
        Assert.Equal(Math.PI, values["f64"].Data);
        Assert.Equal([1, 2, 3], Assert.IsType<byte[]>(values["a.u8"].Data));
        Assert.Equal([-1, 2], Assert.IsType<sbyte[]>(values["a.i8"].Data));
        Assert.Equal([1, 65535], Assert.IsType<ushort[]>(values["a.u16"].Data));
        Assert.Equal([-1], Assert.IsType<short[]>(values["a.i16"].Data));
        Assert.Equal([1u, uint.MaxValue], Assert.IsType<uint[]>(values["a.u32"].Data));
        Assert.Equal([-1, 2, 3], Assert.IsType<int[]>(values["a.i32"].Data));
        Assert.Equal([1.5f, -2f], Assert.IsType<float[]>(values["a.f32"].Data));
        Assert.Equal([true, false], Assert.IsType<bool[]>(values["a.bool"].Data));
        Assert.Equal(["a", "", "bc"], Assert.IsType<string[]>(values["a.text"].Data));
        Assert.Equal([1ul], Assert.IsType<ulong[]>(values["a.u64"].Data));
        Assert.Equal([-1L], Assert.IsType<long[]>(values["a.i64"].Data));
        Assert.Equal([0.1], Assert.IsType<double[]>(values["a.f64"].Data));
        Assert.Empty(Assert.IsType<int[]>(values["a.empty"].Data));
    }

    [Theory]
    [InlineData("f32", ElementType.F32, 60)]
    [InlineData("f16", ElementType.F16, 14)]
    [InlineData("bf16", ElementType.BF16, 12)]
    [InlineData("q8_0", ElementType.Q8_0, 204)]
    public void Tensor_EveryEncodedType_RoundTrips(string name, ElementType type, int bytes)
    {
        using GgufFile file = GgufSamples.Open(GgufSamples.Everything());
        GgufTensor tensor = file.GetTensor(name);
        var values = new float[tensor.ElementCount];

        file.ReadFloats(tensor, values);

        Assert.Equal(type, tensor.Type);
        Assert.Equal(bytes, tensor.ByteCount);
        Assert.Equal(bytes, file.Data(tensor).Length);
        Assert.Equal(GgufSamples.Ramp(values.Length), values);
    }

    [Fact]
    public void ReadFloats_SomeRows_GivesTheirValues()
    {
        using GgufFile file = GgufSamples.Open(GgufSamples.Everything());
        GgufTensor tensor = file.GetTensor("q8_0");
        var row = new float[64];

        file.ReadFloats(tensor, 2, 1, row);

        Assert.Equal(GgufSamples.Ramp(192)[128..], row);
        Assert.Equal(68, tensor.RowBytes);
        Assert.True(file.Rows(tensor, 1, 2).SequenceEqual(file.Data(tensor)[68..]));
    }

    [Fact]
    public void Offsets_AreTheRunningSumOfPaddedSizes()
    {
        using GgufFile file = GgufSamples.Open(GgufSamples.Everything());

        Assert.Equal([0L, 64L, 96L, 128L], file.Tensors.Select(tensor => tensor.Offset));
        Assert.Equal(file.DataOffset + 128 + 224, file.Length);
    }

    [Fact]
    public void Writer_PiecesAndAnyOrderOfTensors_GiveTheSameBytes()
    {
        byte[] Write(bool pieces)
        {
            using MemoryStream stream = new();
            using GgufWriter writer = new(stream);
            writer.DeclareTensor("a", ElementType.F32, 4);
            writer.DeclareTensor("b", ElementType.Q8_0, 2, 32);
            float[] values = GgufSamples.Ramp(64);
            if (pieces)
            {
                writer.WriteFloats("b", values.AsSpan(0, 32));
                writer.WriteFloats("a", values.AsSpan(0, 1));
                writer.WriteFloats("b", values.AsSpan(32));
                writer.WriteFloats("a", values.AsSpan(1, 3));
            }
            else
            {
                writer.WriteFloats("a", values.AsSpan(0, 4));
                writer.WriteFloats("b", values);
            }

            writer.Commit();
            return stream.ToArray();
        }

        Assert.Equal(Write(pieces: false), Write(pieces: true));
    }

    [Fact]
    public void Writer_LargeTensorInOneCall_IsWrittenInChunksWithoutLoss()
    {
        using MemoryStream stream = new();
        using GgufWriter writer = new(stream);
        float[] values = GgufSamples.Ramp(32 * 5003);
        writer.DeclareTensor("w", ElementType.Q8_0, 5003, 32);
        writer.WriteFloats("w", values);
        writer.Commit();

        using GgufFile file = GgufSamples.Open(stream.ToArray());
        var decoded = new float[values.Length];
        file.ReadFloats(file.GetTensor("w"), decoded);
        Assert.Equal(values, decoded);
    }

    [Fact]
    public void Alignment_OtherThanDefault_IsRecordedAndUsed()
    {
        using MemoryStream stream = new();
        using GgufWriter writer = new(stream, alignment: 256);
        writer.DeclareTensor("a", ElementType.F32, 1);
        writer.DeclareTensor("b", ElementType.F32, 1);
        writer.WriteFloats("a", [1]);
        writer.WriteFloats("b", [2]);
        writer.Commit();

        using GgufFile file = GgufSamples.Open(stream.ToArray());
        Assert.Equal(256, file.Alignment);
        Assert.Equal(256u, file.Metadata.Values["general.alignment"].Data);
        Assert.Equal(0, file.DataOffset % 256);
        Assert.Equal(256, file.GetTensor("b").Offset);
    }

    [Fact]
    public void CopyOfAFile_TensorBytesAndMetadata_IsIdentical()
    {
        byte[] original = GgufSamples.Everything();
        using GgufFile file = GgufSamples.Open(original);
        using MemoryStream stream = new();
        using GgufWriter writer = new(stream);
        writer.AddMetadata(file.Metadata);
        foreach (GgufTensor tensor in file.Tensors)
        {
            writer.DeclareTensor(tensor.Name, tensor.Type, [.. tensor.Shape]);
        }

        foreach (GgufTensor tensor in file.Tensors)
        {
            writer.WriteBytes(tensor.Name, file.Data(tensor));
        }

        writer.Commit();
        Assert.Equal(original, stream.ToArray());
    }

    [Fact]
    public void Open_VersionTwoAndScalarTensor_AreAccepted()
    {
        byte[] bytes = GgufSamples.Raw(2, 1, 0, writer =>
        {
            writer.Tensor("s", 0, 0);
            writer.DataPart(4);
        });

        using GgufFile file = GgufSamples.Open(bytes);

        Assert.Equal(2, file.Version);
        Assert.Equal(1, file.GetTensor("s").ElementCount);
        Assert.Equal(4, file.Data(file.GetTensor("s")).Length);
    }

    [Theory]
    [InlineData("gpt-2.gguf", "gpt2", 50257)]
    [InlineData("llama-spm.gguf", "llama", 32000)]
    [InlineData("phi-3.gguf", "llama", 32064)]
    public void Open_PublishedVocabularyFile_GivesItsTokens(string name, string model, int tokens)
    {
        string? folder = Environment.GetEnvironmentVariable("AGENTS_TEST_DATA");
        Assert.SkipWhen(folder is null, "AGENTS_TEST_DATA names no folder with published vocabulary files");
        using GgufFile file = GgufFile.Open(Path.Combine(folder!, "vocab", name));

        Assert.Equal(model, file.Metadata.GetString("tokenizer.ggml.model"));
        Assert.Equal(tokens, file.Metadata.GetArray<string>("tokenizer.ggml.tokens").Count);
    }
}
