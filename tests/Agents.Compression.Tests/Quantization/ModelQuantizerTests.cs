using Agents.Compression.Quantization;
using Agents.Compression.Sizes;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Models.Scoring;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;

namespace Agents.Compression.Tests.Quantization;

public sealed class ModelQuantizerTests : IDisposable
{
    private static readonly QuantizationMethods Methods = new();

    private readonly string _folder = Directory.CreateTempSubdirectory("agents-quantize-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Ids => [.. MatrixTypes.All.Select(types => types.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task ConvertAsync_EveryMethod_WritesTheFileThatSavingDirectlyWrites(string id)
    {
        string input = SeededModel.SaveGguf(At("in.gguf"), hidden: 256, feedForward: 288);
        string direct = SeededModel.SaveGguf(At("direct.gguf"), types: MatrixTypes.All.Single(types => types.Id == id), hidden: 256, feedForward: 288);

        await ModelQuantizer.ConvertAsync(input, At("out.gguf"), Methods.Get(id), cancellationToken: Stop);

        using GgufFile expected = GgufFile.Open(direct);
        using GgufFile actual = GgufFile.Open(At("out.gguf"));
        Assert.Equal(expected.Tensors.Select(tensor => (tensor.Name, tensor.Type)), actual.Tensors.Select(tensor => (tensor.Name, tensor.Type)));
        foreach (GgufTensor tensor in expected.Tensors)
        {
            Assert.True(expected.Data(tensor).SequenceEqual(actual.Data(actual.GetTensor(tensor.Name))), tensor.Name);
        }

        Assert.Equal(
            expected.Metadata.ToObjects().OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Key),
            actual.Metadata.ToObjects().OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Key));
        Assert.Equal(expected.Metadata.GetInt32("general.file_type"), actual.Metadata.GetInt32("general.file_type"));
    }

    [Theory]
    [InlineData("llama", true)]
    [InlineData("qwen2", true)]
    [InlineData("qwen3", false)]
    public async Task ConvertAsync_Q8_ReportsSizesAndPerplexitiesOfBothFiles(string architecture, bool tied)
    {
        string input = SeededModel.SaveGguf(At("in.gguf"), architecture: architecture, tied: tied);

        QuantizationResult result = await ModelQuantizer.ConvertAsync(input, At("out.gguf"), Methods.Get("q8_0"), SeededModel.Text, Stop);

        SizeReport after = SizeReport.Read(At("out.gguf"));
        Assert.Equal("q8_0", result.Method);
        Assert.Equal(new FileInfo(input).Length, result.BytesBefore);
        Assert.Equal(new FileInfo(At("out.gguf")).Length, result.BytesAfter);
        Assert.Equal(after.BitsPerWeight, result.BitsPerWeight);
        Assert.InRange(result.BitsPerWeight, 8.5, 9.5);
        Assert.Empty(result.FallbackMatrices);
        Assert.Equal(await PerplexityAsync(input), result.PerplexityBefore);
        Assert.Equal(await PerplexityAsync(At("out.gguf")), result.PerplexityAfter);
        Assert.InRange(result.PerplexityAfter!.Value / result.PerplexityBefore!.Value, 0.99, 1.01);
        Assert.NotEqual(result.PerplexityBefore, result.PerplexityAfter);
        Assert.Equal(new BytePairTokenizer(SeededModel.Tokenizer).Encode(SeededModel.Text).Length - 1, result.ScoredTokens);
    }

    [Fact]
    public async Task ConvertAsync_WithoutText_MeasuresNoPerplexity()
    {
        QuantizationResult result = await ModelQuantizer.ConvertAsync(
            SeededModel.SaveGguf(At("in.gguf")), At("out.gguf"), Methods.Get("f16"), cancellationToken: Stop);

        Assert.Null(result.PerplexityBefore);
        Assert.Null(result.PerplexityAfter);
        Assert.Equal(0, result.ScoredTokens);
    }

    [Fact]
    public async Task ConvertAsync_RowsThatAreNoWholeBlocks_BecomeHalvesAndAreReported()
    {
        string input = SeededModel.SaveGguf(At("in.gguf"), feedForward: 80);

        QuantizationResult result = await ModelQuantizer.ConvertAsync(input, At("out.gguf"), Methods.Get("q8_0"), SeededModel.Text, Stop);

        Assert.Equal(["blk.0.ffn_down.weight", "blk.1.ffn_down.weight"], result.FallbackMatrices);
        SizeReport report = SizeReport.Read(At("out.gguf"));
        Assert.Equal("F16", Assert.Single(report.Tensors, tensor => tensor.Name == "blk.0.ffn_down.weight").Format);
        Assert.Equal("Q8_0", Assert.Single(report.Tensors, tensor => tensor.Name == "blk.0.ffn_up.weight").Format);
    }

    [Fact]
    public async Task ConvertAsync_FewerBits_CostMoreInTheOrderOfTheBits()
    {
        string input = SeededModel.SaveGguf(At("in.gguf"), hidden: 256, feedForward: 512);
        double before = 0;
        foreach (string id in (string[])["q2_k", "q3_k", "q4_k", "q4_k_m", "q5_k", "q6_k", "q8_0"])
        {
            QuantizationResult result = await ModelQuantizer.ConvertAsync(input, At(id + ".gguf"), Methods.Get(id), cancellationToken: Stop);

            Assert.True(result.BitsPerWeight > before, id);
            Assert.Equal(new FileInfo(At(id + ".gguf")).Length, result.BytesAfter);
            before = result.BitsPerWeight;
        }
    }

    [Fact]
    public async Task ConvertAsync_RowsForBlocksOf32Only_GetTheSubstituteAndAreReported()
    {
        string input = SeededModel.SaveGguf(At("in.gguf"), hidden: 256, feedForward: 288);

        QuantizationResult result = await ModelQuantizer.ConvertAsync(input, At("out.gguf"), Methods.Get("q4_k"), SeededModel.Text, Stop);

        Assert.Contains("blk.1.ffn_down.weight", result.FallbackMatrices);
        Assert.DoesNotContain("blk.1.ffn_up.weight", result.FallbackMatrices);
        SizeReport report = SizeReport.Read(At("out.gguf"));
        Assert.Equal("Q5_0", Assert.Single(report.Tensors, tensor => tensor.Name == "blk.0.ffn_down.weight").Format);
        Assert.Equal("Q4_K", Assert.Single(report.Tensors, tensor => tensor.Name == "blk.0.ffn_up.weight").Format);
        Assert.InRange(result.PerplexityAfter!.Value / result.PerplexityBefore!.Value, 0.9, 1.1);
    }

    [Fact]
    public async Task ConvertAsync_QuantizedInput_CanBeConvertedAgainWithoutFurtherLoss()
    {
        string input = SeededModel.SaveGguf(At("in.gguf"), ElementType.Q8_0);

        QuantizationResult result = await ModelQuantizer.ConvertAsync(input, At("out.gguf"), Methods.Get("f32"), SeededModel.Text, Stop);

        Assert.Equal(32, result.BitsPerWeight);

        // The values are the same; Q8_0 weights round the activations that meet them, singles do not.
        Assert.Equal(1, result.PerplexityAfter!.Value / result.PerplexityBefore!.Value, 0.005);
        using GgufFile file = GgufFile.Open(At("out.gguf"));
        Assert.False(file.Metadata.Contains("general.quantization_version"));
    }

    [Fact]
    public async Task ConvertAsync_HuggingFaceFolder_BecomesTheSameFileAsItsGguf()
    {
        string folder = Directory.CreateDirectory(At("hf")).FullName;
        using (DecoderWeights<float> weights = SeededModel.Weights("llama"))
        {
            await HuggingFaceCheckpoint.SaveAsync(folder, weights, SeededModel.Tokenizer, cancellationToken: Stop);
        }

        string gguf = SeededModel.SaveGguf(At("in.gguf"));
        QuantizationResult fromFolder = await ModelQuantizer.ConvertAsync(folder, At("a.gguf"), Methods.Get("q8_0"), SeededModel.Text, Stop);
        await ModelQuantizer.ConvertAsync(gguf, At("b.gguf"), Methods.Get("q8_0"), cancellationToken: Stop);

        using GgufFile left = GgufFile.Open(At("a.gguf"));
        using GgufFile right = GgufFile.Open(At("b.gguf"));
        foreach (GgufTensor tensor in left.Tensors)
        {
            Assert.True(left.Data(tensor).SequenceEqual(right.Data(right.GetTensor(tensor.Name))), tensor.Name);
        }

        Assert.InRange(fromFolder.PerplexityAfter!.Value / fromFolder.PerplexityBefore!.Value, 0.99, 1.01);
        Assert.Equal(new FileInfo(Path.Combine(folder, "model.safetensors")).Length, fromFolder.BytesBefore);
        Assert.Empty(Directory.GetFiles(_folder, "*.partial"));
    }

    [Fact]
    public async Task ConvertAsync_ForeignMethod_DecidesPerTensor()
    {
        string input = SeededModel.SaveGguf(At("in.gguf"));

        QuantizationResult result = await ModelQuantizer.ConvertAsync(input, At("out.gguf"), new ConstantMethod(), SeededModel.Text, Stop);

        SizeReport report = SizeReport.Read(At("out.gguf"));
        Assert.Equal("F16", Assert.Single(report.Tensors, tensor => tensor.Name == "blk.0.ffn_up.weight").Format);
        Assert.Contains("blk.0.attn_q.weight", result.FallbackMatrices);
        Assert.NotEqual(result.PerplexityBefore, result.PerplexityAfter);
    }

    [Fact]
    public async Task ConvertAsync_SameInput_GivesTheSameBytes()
    {
        string input = SeededModel.SaveGguf(At("in.gguf"));

        await ModelQuantizer.ConvertAsync(input, At("a.gguf"), Methods.Get("q8_0"), cancellationToken: Stop);
        await ModelQuantizer.ConvertAsync(input, At("b.gguf"), Methods.Get("q8_0"), cancellationToken: Stop);

        Assert.Equal(File.ReadAllBytes(At("a.gguf")), File.ReadAllBytes(At("b.gguf")));
    }

    private static async Task<double> PerplexityAsync(string path)
    {
        using DecoderModel model = await DecoderModel.LoadAsync(path, cancellationToken: Stop);
        return (await TextScorer.ScoreAsync(model, SeededModel.Text, Stop)).Perplexity;
    }

    private string At(string name) => Path.Combine(_folder, name);
}
