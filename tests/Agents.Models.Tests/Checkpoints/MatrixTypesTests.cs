using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Checkpoints;

public sealed class MatrixTypesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-types-").FullName;

    public static TheoryData<string> Ids => [.. MatrixTypes.All.Select(types => types.Id)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void All_HoldsEveryFormatAndTheMixture()
    {
        Assert.Equal(BlockFormats.All.Select(format => format.Name.ToLowerInvariant()).Append("q4_k_m"), MatrixTypes.All.Select(types => types.Id));
        Assert.True(MatrixTypes.Q4KM.IsMixture);
        Assert.All(BlockFormats.All, format => Assert.Equal(format.Type, MatrixTypes.Of(format.Type).Main));
        Assert.All(BlockFormats.All, format => Assert.False(MatrixTypes.Of(format.Type).IsMixture));
    }

    [Fact]
    public void Of_TypeWithoutCodec_ListsThoseThereAre()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => MatrixTypes.Of(ElementType.IQ4_XS));

        Assert.Contains("IQ4_XS", error.Message, StringComparison.Ordinal);
        Assert.Contains("Q6_K", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ElementType.Q2_K, 512, ElementType.Q2_K)]
    [InlineData(ElementType.Q2_K, 896, ElementType.Q4_0)]
    [InlineData(ElementType.Q3_K, 288, ElementType.Q4_0)]
    [InlineData(ElementType.TQ1_0, 32, ElementType.Q4_0)]
    [InlineData(ElementType.TQ2_0, 96, ElementType.Q4_0)]
    [InlineData(ElementType.Q4_K, 896, ElementType.Q5_0)]
    [InlineData(ElementType.Q5_K, 896, ElementType.Q5_1)]
    [InlineData(ElementType.Q6_K, 896, ElementType.Q8_0)]
    [InlineData(ElementType.Q4_K, 100, ElementType.F16)]
    [InlineData(ElementType.Q8_0, 100, ElementType.F16)]
    [InlineData(ElementType.IQ4_NL, 33, ElementType.F16)]
    [InlineData(ElementType.Q4_0, 64, ElementType.Q4_0)]
    [InlineData(ElementType.F32, 33, ElementType.F32)]
    [InlineData(ElementType.BF16, 1, ElementType.BF16)]
    public void Fallback_RowLength_GivesATypeWhoseBlocksItFills(ElementType wanted, long rowLength, ElementType expected)
    {
        Assert.Equal(expected, MatrixTypes.Fallback(wanted, rowLength));
        Assert.Equal(expected != wanted, MatrixTypes.Of(wanted).IsFallback(new MatrixDescription("w", rowLength, 1, false)));
    }

    [Fact]
    public void Fallback_AllTypesAndLengths_AreWholeBlocks()
    {
        foreach (BlockFormat format in BlockFormats.All)
        {
            for (int length = 1; length < 1100; length++)
            {
                Assert.Equal(0, length % BlockFormats.Get(MatrixTypes.Fallback(format.Type, length)).BlockElements);
            }
        }
    }

    /// <summary>The rule written out for 24 layers: the first three, the last three, and every third between.</summary>
    [Fact]
    public void Q4KM_TwentyFourLayers_RaisesTheSensitiveOnes()
    {
        int[] raised = [0, 1, 2, 5, 8, 11, 14, 17, 20, 21, 22, 23];
        for (int layer = 0; layer < 24; layer++)
        {
            ElementType expected = raised.Contains(layer) ? ElementType.Q6_K : ElementType.Q4_K;
            Assert.Equal(expected, Q4KM($"blk.{layer}.attn_v.weight", 24));
            Assert.Equal(expected, Q4KM($"blk.{layer}.ffn_down.weight", 24));
            Assert.Equal(ElementType.Q4_K, Q4KM($"blk.{layer}.ffn_up.weight", 24));
        }
    }

    [Theory]
    [InlineData("token_embd.weight", true, ElementType.Q6_K)]
    [InlineData("token_embd.weight", false, ElementType.Q4_K)]
    [InlineData("output.weight", false, ElementType.Q6_K)]
    [InlineData("blk.x.attn_v.weight", false, ElementType.Q4_K)]
    [InlineData("blk.0.attn_v.bias", false, ElementType.Q4_K)]
    public void Q4KM_OtherNames_FollowTheRule(string name, bool tied, ElementType expected) => Assert.Equal(expected, Q4KM(name, 24, tied));

    [Fact]
    public void Q4KM_ShortRows_FallBackFromTheRaisedType()
    {
        Assert.Equal(ElementType.Q8_0, MatrixTypes.Q4KM.TypeFor(new MatrixDescription("output.weight", 896, 24, false)));
        Assert.Equal(ElementType.Q5_0, MatrixTypes.Q4KM.TypeFor(new MatrixDescription("blk.3.attn_q.weight", 896, 24, false)));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public unsafe void Save_EveryType_DecodesToWhatTheFormatMakesOfTheRows(string id)
    {
        MatrixTypes types = MatrixTypes.All.Single(known => known.Id == id);
        using DecoderWeights<float> weights = Wide("qwen2");
        string path = Path.Combine(_folder, "model.gguf");

        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer, new GgufSaveOptions { Types = types });

        using GgufFile file = GgufFile.Open(path);
        Assert.Equal((int)types.FileType, file.Metadata.GetInt32("general.file_type"));
        Assert.Equal(BlockFormats.Get(types.Main).BlockElements > 1, file.Metadata.Contains("general.quantization_version"));
        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            GgufTensor stored = file.GetTensor(GgufTensorNames.FromCheckpoint(tensor.Name));
            ElementType expected = tensor.IsVector ? ElementType.F32 : types.TypeFor(new MatrixDescription(stored.Name, tensor.Columns, 3, TiedEmbeddings: true));
            Assert.Equal(expected, stored.Type);
            BlockFormat format = BlockFormats.Get(expected);
            for (int row = 0; row < tensor.Rows; row += 7)
            {
                var bytes = new byte[format.ByteCount(tensor.Columns)];
                format.Quantize(new ReadOnlySpan<float>(tensor.View.Row(row), tensor.Columns), bytes);
                Assert.True(file.Rows(stored, row, 1).SequenceEqual(bytes), $"{stored.Name} row {row}");
            }
        }
    }

    [Fact]
    public unsafe void Save_LlamaInSuperBlocks_PermutesWholeRows()
    {
        using DecoderWeights<float> weights = Wide("llama");
        string path = Path.Combine(_folder, "model.gguf");

        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer, new GgufSaveOptions { Type = ElementType.Q6_K });

        using GgufFile file = GgufFile.Open(path);
        BlockFormat format = BlockFormats.Get(ElementType.Q6_K);
        var bytes = new byte[format.ByteCount(256)];
        format.Quantize(new ReadOnlySpan<float>(weights.Layers[0].Query.Data + (8 * 256), 256), bytes);
        Assert.True(file.Rows(file.GetTensor("blk.0.attn_q.weight"), 1, 1).SequenceEqual(bytes));
    }

    [Fact]
    public unsafe void Save_ValueThatDoesNotFit_LeavesNothing()
    {
        using DecoderWeights<float> weights = Wide("qwen2");
        weights.Layers[1].Query.Data[300] = float.NaN;

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => GgufCheckpoint.Save(Path.Combine(_folder, "model.gguf"), weights, SeededModel.Tokenizer, new GgufSaveOptions { Type = ElementType.Q4_K }));

        Assert.Contains("elements 256 to 511", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    private static ElementType Q4KM(string name, int layers, bool tied = false) => MatrixTypes.Q4KM.TypeFor(new MatrixDescription(name, 512, layers, tied));

    /// <summary>Rows of 256, and down projections of 288 that no super-block fits.</summary>
    private static DecoderWeights<float> Wide(string architecture)
    {
        DecoderWeights<float> weights = new(ModelShape.Uniform(architecture, 320, 256, 3, new LayerShape(4, 2, 16, 288), 96) with { TiedEmbeddings = true });
        WeightInitializer.Fill(weights, new SampleStream(3));
        return weights;
    }
}
