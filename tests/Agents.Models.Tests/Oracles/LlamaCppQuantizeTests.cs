using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Oracles;

/// <summary>Files that llama.cpp quantizes against ours: the same type and the same bytes for every tensor. Opt-in: see tests/oracles/llama-cpp/package.json.</summary>
public sealed class LlamaCppQuantizeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-oracle-").FullName;

    public static TheoryData<string> Ids =>
        [.. MatrixTypes.All.Where(types => !types.IsMixture && BlockFormats.Get(types.Main).BlockElements > 1).Select(types => types.Id)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Save_OneType_GivesTheBytesOfLlamaCpp(string id) => AssertSame(MatrixTypes.All.Single(types => types.Id == id), layers: 1, feedForward: 512, tied: true);

    [Theory]
    [InlineData(1, 512, true)]
    [InlineData(9, 512, true)]
    [InlineData(16, 512, false)]
    [InlineData(9, 288, true)]
    public void Save_Mixture_GivesTheTypesAndBytesOfLlamaCpp(int layers, int feedForward, bool tied) => AssertSame(MatrixTypes.Q4KM, layers, feedForward, tied);

    private void AssertSame(MatrixTypes types, int layers, int feedForward, bool tied)
    {
        string folder = LlamaCppProcess.RequireFolder();
        string input = Path.Combine(_folder, "f32.gguf");
        string ours = Path.Combine(_folder, "ours.gguf");
        string theirs = Path.Combine(_folder, "theirs.gguf");
        using DecoderWeights<float> weights = new(
            ModelShape.Uniform("llama", 320, 256, layers, new LayerShape(4, 2, 64, feedForward), 96) with { TiedEmbeddings = tied });
        WeightInitializer.Fill(weights, new SampleStream(21));
        GgufCheckpoint.Save(input, weights, SeededModel.Tokenizer);
        GgufCheckpoint.Save(ours, weights, SeededModel.Tokenizer, new GgufSaveOptions { Types = types });

        LlamaCppLibrary.Quantize(folder, input, theirs, types.FileType, pure: !types.IsMixture);

        using GgufFile expected = GgufFile.Open(theirs);
        using GgufFile actual = GgufFile.Open(ours);
        Assert.Equal(expected.Tensors.Count, actual.Tensors.Count);
        foreach (GgufTensor tensor in expected.Tensors)
        {
            GgufTensor stored = actual.GetTensor(tensor.Name);
            Assert.True(tensor.Type == stored.Type, $"{tensor.Name} is {stored.Type}, llama.cpp writes {tensor.Type}");
            Assert.True(expected.Data(tensor).SequenceEqual(actual.Data(stored)), tensor.Name);
        }

        foreach (string key in (string[])["general.file_type", "general.quantization_version"])
        {
            Assert.Equal(expected.Metadata.GetInt32(key), actual.Metadata.GetInt32(key));
        }
    }
}
