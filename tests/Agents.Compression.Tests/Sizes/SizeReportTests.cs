using Agents.Compression.Sizes;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Models.Safetensors;
using Agents.Numerics.Formats;

namespace Agents.Compression.Tests.Sizes;

public sealed class SizeReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-size-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("llama", true)]
    [InlineData("llama", false)]
    [InlineData("qwen2", true)]
    [InlineData("qwen3", false)]
    public void Read_GgufF32_CountsEveryParameterOnceAt32Bits(string architecture, bool tied)
    {
        string path = SeededModel.SaveGguf(At("a.gguf"), architecture: architecture, tied: tied);
        using DecoderWeights<float> weights = SeededModel.Weights(architecture, tied);

        SizeReport report = SizeReport.Read(path);

        Assert.Equal(weights.Shape.ParameterCount, report.Parameters);
        Assert.Equal(32, report.BitsPerWeight);
        Assert.Equal(4 * weights.Shape.ParameterCount, report.TensorBytes);
        Assert.Equal(new FileInfo(path).Length, report.FileBytes);
        Assert.Equal(report.FileBytes - report.TensorBytes, report.OverheadBytes);
        Assert.True(report.OverheadBytes > 0);
    }

    [Fact]
    public void Read_GgufQ8_CountsScalesAndSinglePrecisionNorms()
    {
        string path = SeededModel.SaveGguf(At("a.gguf"), ElementType.Q8_0);

        SizeReport report = SizeReport.Read(path);

        // hidden 64, 4 query and 2 key/value heads of 16, feed-forward 96, vocabulary 320, 2 layers: counted by hand.
        long matrices = (320 * 64) + (2 * ((64 * 64) + (64 * 32) + (64 * 32) + (64 * 64) + (3 * 64 * 96)));
        long norms = 64 + (2 * 2 * 64);
        Assert.Equal(matrices + norms, report.Parameters);
        Assert.Equal((matrices * 34 / 32) + (norms * 4), report.TensorBytes);
        Assert.Equal(8.0 * ((matrices * 34 / 32) + (norms * 4)) / (matrices + norms), report.BitsPerWeight, 12);
    }

    [Fact]
    public void Read_Tensors_ListsFormatShapeAndBits()
    {
        string path = SeededModel.SaveGguf(At("a.gguf"), ElementType.Q8_0);

        SizeReport report = SizeReport.Read(path);

        TensorSize down = Assert.Single(report.Tensors, tensor => tensor.Name == "blk.1.ffn_down.weight");
        Assert.Equal("Q8_0", down.Format);
        Assert.Equal([64, 96], down.Shape);
        Assert.Equal(8.5, down.BitsPerElement);
        TensorSize norm = Assert.Single(report.Tensors, tensor => tensor.Name == "output_norm.weight");
        Assert.Equal("F32", norm.Format);
        Assert.Equal(32, norm.BitsPerElement);
    }

    [Fact]
    public void Read_RotaryDivisors_CountAsBytesButNotAsParameters()
    {
        string path = At("a.gguf");
        using (GgufWriter writer = new(path))
        {
            writer.AddMetadata("general.architecture", GgufValue.Of("llama"));
            writer.DeclareTensor("w", ElementType.F16, 3, 5);
            writer.DeclareTensor(GgufTensorNames.RopeDivisors, ElementType.F32, 8);
            writer.WriteFloats("w", new float[15]);
            writer.WriteFloats(GgufTensorNames.RopeDivisors, new float[8]);
            writer.Commit();
        }

        SizeReport report = SizeReport.Read(path);

        Assert.Equal(15, report.Parameters);
        Assert.Equal(30 + 32, report.TensorBytes);
        Assert.Equal(8.0 * 62 / 15, report.BitsPerWeight, 12);
    }

    [Fact]
    public async Task Read_Folder_CountsSafetensors()
    {
        using DecoderWeights<float> weights = SeededModel.Weights(tied: false);
        await HuggingFaceCheckpoint.SaveAsync(_folder, weights, SeededModel.Tokenizer, ElementType.BF16, TestContext.Current.CancellationToken);

        SizeReport folder = SizeReport.Read(_folder);
        SizeReport file = SizeReport.Read(At("model.safetensors"));

        Assert.Equal(weights.Shape.ParameterCount, folder.Parameters);
        Assert.Equal(16, folder.BitsPerWeight);
        Assert.Equal(new FileInfo(At("model.safetensors")).Length, folder.FileBytes);
        Assert.Equal(folder.Tensors.AsEnumerable(), file.Tensors, (left, right) => left.Name == right.Name && left.Bytes == right.Bytes);
    }

    [Fact]
    public void Read_SafetensorsOfUnreadableType_StillCountsBytes()
    {
        string path = At("x.safetensors");
        byte[] header = """{"w":{"dtype":"F8_E4M3","shape":[2,3],"data_offsets":[0,6]}}"""u8.ToArray();
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[6]]);

        SizeReport report = SizeReport.Read(path);

        Assert.Equal(6, report.Parameters);
        Assert.Equal(8, report.BitsPerWeight);
    }

    [Fact]
    public void Read_GgufUnderAnotherName_IsRecognisedByItsFirstBytes()
    {
        string path = SeededModel.SaveGguf(At("model.bin"), ElementType.F16);

        Assert.Equal("F16", SizeReport.Read(path).Tensors[0].Format);
    }

    [Fact]
    public void Read_UnknownElementType_NamesTheTensor()
    {
        string path = SeededModel.SaveGguf(At("a.gguf"));
        ReplaceFirstTensorType(path, 99);

        CompressionException error = Assert.Throws<CompressionException>(() => SizeReport.Read(path));

        Assert.Contains("token_embd.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("type 99", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(3000)]
    public void Read_Truncated_IsAModelFormatError(int length)
    {
        string path = SeededModel.SaveGguf(At("a.gguf"));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);

        Assert.ThrowsAny<ModelFormatException>(() => SizeReport.Read(path));
    }

    [Fact]
    public void Read_Missing_IsFileNotFound() =>
        Assert.Throws<FileNotFoundException>(() => SizeReport.Read(At("none.gguf")));

    [Fact]
    public void Read_EmptySafetensors_HasZeroBits()
    {
        string path = At("e.safetensors");
        using (SafetensorsWriter writer = new(path))
        {
            writer.Commit();
        }

        SizeReport report = SizeReport.Read(path);

        Assert.Equal(0, report.Parameters);
        Assert.Equal(0, report.BitsPerWeight);
    }

    private static void ReplaceFirstTensorType(string path, int type)
    {
        byte[] bytes = File.ReadAllBytes(path);
        ReadOnlySpan<byte> name = "token_embd.weight"u8;
        int at = bytes.AsSpan().IndexOf(name) + name.Length + 4 + (2 * 8);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), type);
        File.WriteAllBytes(path, bytes);
    }

    private string At(string name) => Path.Combine(_folder, name);
}
