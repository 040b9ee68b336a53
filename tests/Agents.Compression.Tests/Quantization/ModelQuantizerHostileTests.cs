using Agents.Compression.Quantization;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Compression.Tests.Quantization;

public sealed class ModelQuantizerHostileTests : IDisposable
{
    private static readonly QuantizationMethods Methods = new();

    private readonly string _folder = Directory.CreateTempSubdirectory("agents-quantize-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ConvertAsync_MissingInput_IsFileNotFound()
    {
        await Assert.ThrowsAsync<FileNotFoundException>(() => ConvertAsync(At("none.gguf")));
        AssertNothingWritten();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(20_000)]
    public async Task ConvertAsync_TruncatedInput_IsNamedAndLeavesNothing(int length)
    {
        string input = SeededModel.SaveGguf(At("in.gguf"));
        File.WriteAllBytes(input, File.ReadAllBytes(input)[..length]);

        ModelFormatException error = await Assert.ThrowsAnyAsync<ModelFormatException>(() => ConvertAsync(input));

        Assert.Contains(input, error.Message, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Theory]
    [InlineData(float.NaN, "q8_0")]
    [InlineData(float.PositiveInfinity, "f32")]
    [InlineData(float.NegativeInfinity, "bf16")]
    [InlineData(1e30f, "f16")]
    [InlineData(1e30f, "q8_0")]
    [InlineData(1e30f, "q4_0")]
    [InlineData(1e30f, "q6_k")]
    [InlineData(1e30f, "q4_k_m")]
    public async Task ConvertAsync_ValueThatCannotBeHeld_NamesTheTensorAndLeavesNothing(float value, string method)
    {
        string input = Matrix(value);

        CompressionException error = await Assert.ThrowsAsync<CompressionException>(() => ConvertAsync(input, method));

        Assert.Contains("'w'", error.Message, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public async Task ConvertAsync_DamagedNumber_SaysWhereItIs()
    {
        CompressionException error = await Assert.ThrowsAsync<CompressionException>(() => ConvertAsync(Matrix(float.NaN)));

        Assert.Contains("row 2, column 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConvertAsync_TypeWithoutCodec_SaysWhatCanBeRead()
    {
        string input = At("in.gguf");
        using (GgufWriter writer = new(input))
        {
            writer.AddMetadata("general.architecture", GgufValue.Of("llama"));
            writer.DeclareTensor("w", ElementType.IQ4_XS, 2, 256);
            writer.WriteBytes("w", new byte[272]);
            writer.Commit();
        }

        CompressionException error = await Assert.ThrowsAsync<CompressionException>(() => ConvertAsync(input));

        Assert.Contains("IQ4_XS", error.Message, StringComparison.Ordinal);
        Assert.Contains("F32, F16, BF16, Q8_0", error.Message, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public async Task ConvertAsync_OntoTheInput_IsRefusedAndKeepsIt()
    {
        string input = SeededModel.SaveGguf(At("in.gguf"));
        byte[] before = File.ReadAllBytes(input);

        CompressionException error = await Assert.ThrowsAsync<CompressionException>(
            () => ModelQuantizer.ConvertAsync(input, Path.Combine(_folder, ".", "in.gguf"), Methods.Get("q8_0"), cancellationToken: Stop));

        Assert.Contains("is the input", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(input));
    }

    [Theory]
    [InlineData("missing/out.gguf", "does not exist")]
    [InlineData("out.safetensors", "GGUF")]
    [InlineData("", "is a folder")]
    public async Task ConvertAsync_UnusableOutput_IsSaidBeforeAnyWork(string output, string expected)
    {
        string input = SeededModel.SaveGguf(At("in.gguf"));

        CompressionException error = await Assert.ThrowsAsync<CompressionException>(
            () => ModelQuantizer.ConvertAsync(input, At(output), Methods.Get("q8_0"), cancellationToken: Stop));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConvertAsync_TextTooShort_IsSaidBeforeAnythingIsWritten()
    {
        string input = SeededModel.SaveGguf(At("in.gguf"));

        await Assert.ThrowsAsync<CompressionException>(() => ModelQuantizer.ConvertAsync(input, At("out.gguf"), Methods.Get("q8_0"), "a", Stop));

        AssertNothingWritten();
    }

    [Fact]
    public async Task ConvertAsync_Cancelled_LeavesNothingAndAnOlderOutputAsItWas()
    {
        string input = SeededModel.SaveGguf(At("in.gguf"));
        File.WriteAllText(At("out.gguf"), "older");
        using CancellationTokenSource stop = new();
        CancellingMethod method = new(stop);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ModelQuantizer.ConvertAsync(input, At("out.gguf"), method, cancellationToken: stop.Token));

        Assert.Equal("older", File.ReadAllText(At("out.gguf")));
        Assert.Empty(Directory.GetFiles(_folder, "*.partial"));
    }

    [Fact]
    public async Task ConvertAsync_SafetensorsFileAlone_AsksForTheFolder()
    {
        string path = At("x.safetensors");
        byte[] header = """{"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}"""u8.ToArray();
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[4]]);

        CompressionException error = await Assert.ThrowsAsync<CompressionException>(() => ConvertAsync(path));

        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    private Task<QuantizationResult> ConvertAsync(string input, string method = "q8_0") =>
        ModelQuantizer.ConvertAsync(input, At("out.gguf"), Methods.Get(method), cancellationToken: Stop);

    private string Matrix(float value)
    {
        string input = At("in.gguf");
        using GgufWriter writer = new(input);
        writer.AddMetadata("general.architecture", GgufValue.Of("llama"));
        writer.DeclareTensor("w", ElementType.F32, 4, 32);
        float[] values = new float[4 * 32];
        values[(2 * 32) + 5] = value;
        writer.WriteFloats("w", values);
        writer.Commit();
        return input;
    }

    private void AssertNothingWritten()
    {
        Assert.False(File.Exists(At("out.gguf")));
        Assert.Empty(Directory.GetFiles(_folder, "*.partial"));
    }

    private string At(string name) => Path.Combine(_folder, name);

    /// <summary>Cancels as soon as the first rows are encoded.</summary>
    private sealed class CancellingMethod(CancellationTokenSource stop) : IQuantizationMethod
    {
        private readonly RoundToNearest _inner = new(MatrixTypes.Of(ElementType.F16));

        public string Id => "cancelling";

        public string Summary => "cancels";

        public ElementType? TypeFor(MatrixDescription matrix) => _inner.TypeFor(matrix);

        public void Encode(MatrixDescription matrix, ElementType type, ReadOnlySpan<float> values, Span<byte> destination)
        {
            stop.Cancel();
            _inner.Encode(matrix, type, values, destination);
        }
    }
}
