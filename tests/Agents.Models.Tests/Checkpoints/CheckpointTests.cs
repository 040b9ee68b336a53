using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-checkpoint-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("llama", true)]
    [InlineData("llama", false)]
    [InlineData("qwen2", true)]
    [InlineData("qwen3", false)]
    public void GgufRoundTrip_F32_KeepsEveryBit(string architecture, bool tied)
    {
        using DecoderWeights<float> weights = SeededModel.Weights(architecture, tied);
        string path = Path.Combine(_folder, "model.gguf");

        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer, new GgufSaveOptions { Name = "round trip" });
        DecoderCheckpoint loaded = GgufCheckpoint.Load(path);

        using DecoderWeights<float> read = loaded.Weights;
        Assert.Equal("round trip", loaded.Name);
        AssertSameShape(weights.Shape, read.Shape);
        AssertSameBits(weights, read);
        Assert.Equal(WeightHash.Compute(weights), WeightHash.Compute(read));
        Assert.Equal(SeededModel.Tokenizer.ComputeFingerprint(), loaded.Tokenizer.ComputeFingerprint());
    }

    [Theory]
    [InlineData(ElementType.F16, 5e-4)]
    [InlineData(ElementType.BF16, 4e-3)]
    public unsafe void GgufRoundTrip_HalfPrecision_StaysWithinTheFormat(ElementType type, double relative)
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        string path = Path.Combine(_folder, "model.gguf");

        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer, new GgufSaveOptions { Type = type });
        using DecoderWeights<float> read = GgufCheckpoint.Load(path).Weights;

        foreach ((WeightTensor<float> before, WeightTensor<float> after) in weights.Tensors.Zip(read.Tensors))
        {
            for (int i = 0; i < before.Length; i++)
            {
                Assert.Equal(before.Data[i], after.Data[i], (Math.Abs(before.Data[i]) * relative) + 1e-7);
            }
        }
    }

    [Fact]
    public unsafe void GgufRoundTrip_Q8_StaysWithinHalfAStepOfEachBlock()
    {
        using DecoderWeights<float> weights = SeededModel.Weights("qwen2");
        string path = Path.Combine(_folder, "model.gguf");

        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer, new GgufSaveOptions { Type = ElementType.Q8_0 });
        using DecoderWeights<float> read = GgufCheckpoint.Load(path).Weights;

        foreach ((WeightTensor<float> before, WeightTensor<float> after) in weights.Tensors.Zip(read.Tensors))
        {
            if (before.IsVector)
            {
                Assert.True(new ReadOnlySpan<float>(before.Data, before.Columns).SequenceEqual(new ReadOnlySpan<float>(after.Data, after.Columns)));
                continue;
            }

            for (int block = 0; block < before.Length; block += 32)
            {
                double largest = Enumerable.Range(block, 32).Max(i => Math.Abs(before.Data[i]));
                Assert.All(Enumerable.Range(block, 32), i => Assert.Equal(before.Data[i], after.Data[i], largest * 0.0051));
            }
        }
    }

    [Fact]
    public unsafe void Save_Llama_PermutesQueryRowsInTheFile()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        string path = Path.Combine(_folder, "model.gguf");

        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer);

        using GgufFile file = GgufFile.Open(path);
        var stored = new float[64 * 64];
        file.ReadFloats(file.GetTensor("blk.0.attn_q.weight"), stored);
        float* query = weights.Layers[0].Query.Data;
        Assert.Equal(query[0], stored[0]);
        Assert.Equal(query[8 * 64], stored[64]);
        Assert.Equal(query[1 * 64], stored[2 * 64]);
        Assert.False(file.TryGetTensor("output.weight", out _));
        Assert.False(file.Metadata.GetBoolean("tokenizer.ggml.add_bos_token"));
        Assert.Equal(320, file.Metadata.GetArray<string>("tokenizer.ggml.tokens").Count);
    }

    [Theory]
    [InlineData(RopeScalingKind.Linear)]
    [InlineData(RopeScalingKind.Yarn)]
    [InlineData(RopeScalingKind.Llama3)]
    public async Task RoundTrips_RopeScaling_SurvivesBothFormats(RopeScalingKind kind)
    {
        ModelShape shape = SeededModel.Shape() with { RopeScaling = new RopeScaling(kind, 8, 8192), RopeTheta = 500_000 };
        using DecoderWeights<float> weights = new(shape);
        string gguf = Path.Combine(_folder, "model.gguf");
        string folder = Path.Combine(_folder, "hf");

        GgufCheckpoint.Save(gguf, weights, SeededModel.Tokenizer);
        await HuggingFaceCheckpoint.SaveAsync(folder, weights, SeededModel.Tokenizer, cancellationToken: Stop);

        using DecoderWeights<float> fromGguf = GgufCheckpoint.Load(gguf).Weights;
        using DecoderWeights<float> fromFolder = (await HuggingFaceCheckpoint.LoadAsync(folder, cancellationToken: Stop)).Weights;
        Assert.Equal(shape.RopeScaling, fromGguf.Shape.RopeScaling);
        Assert.Equal(shape.RopeScaling, fromFolder.Shape.RopeScaling);
    }

    [Fact]
    public void GgufRoundTrip_OtherDivisors_StayDivisors()
    {
        float[] divisors = [1, 1, 2, 3, 4, 5, 6, 7];
        using DecoderWeights<float> weights = new(SeededModel.Shape() with { RopeScaling = new RopeScaling(RopeScalingKind.Divisors, Divisors: divisors) });
        string path = Path.Combine(_folder, "model.gguf");

        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer);
        using DecoderWeights<float> read = GgufCheckpoint.Load(path).Weights;

        Assert.Equal(divisors, read.Shape.RopeScaling.Divisors);
    }

    [Fact]
    public void GgufRoundTrip_LayersOfDifferentWidths_Survive()
    {
        ModelShape shape = SeededModel.Shape() with { Layers = [new LayerShape(4, 2, 16, 96), new LayerShape(2, 1, 16, 32)] };
        using DecoderWeights<float> weights = new(shape);
        string path = Path.Combine(_folder, "model.gguf");

        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer);
        using DecoderWeights<float> read = GgufCheckpoint.Load(path).Weights;

        AssertSameShape(shape, read.Shape);
    }

    [Theory]
    [InlineData("llama", true)]
    [InlineData("qwen2", false)]
    [InlineData("qwen3", true)]
    public async Task FolderRoundTrip_F32_KeepsEveryBit(string architecture, bool tied)
    {
        using DecoderWeights<float> weights = SeededModel.Weights(architecture, tied);
        string folder = Path.Combine(_folder, "hf");

        await HuggingFaceCheckpoint.SaveAsync(folder, weights, SeededModel.Tokenizer, cancellationToken: Stop);
        DecoderCheckpoint loaded = await HuggingFaceCheckpoint.LoadAsync(folder, cancellationToken: Stop);

        using DecoderWeights<float> read = loaded.Weights;
        AssertSameShape(weights.Shape, read.Shape);
        AssertSameBits(weights, read);
        Assert.Equal(SeededModel.Tokenizer.ComputeFingerprint(), loaded.Tokenizer.ComputeFingerprint());
        Assert.Equal("hf", loaded.Name);
    }

    [Fact]
    public async Task LoadAsync_FileAndFolder_GiveOneGeneration()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        string gguf = Path.Combine(_folder, "model.gguf");
        string folder = Path.Combine(_folder, "hf");
        GgufCheckpoint.Save(gguf, weights, SeededModel.Tokenizer);
        await HuggingFaceCheckpoint.SaveAsync(folder, weights, SeededModel.Tokenizer, cancellationToken: Stop);

        using DecoderModel one = await DecoderModel.LoadAsync(gguf, cancellationToken: Stop);
        using DecoderModel two = await DecoderModel.LoadAsync(folder, cancellationToken: Stop);
        using DecoderModel other = new(SeededModel.Weights(seed: 2), SeededModel.Tokenizer);

        Assert.Equal(64, one.GenerationId.Length);
        Assert.Equal(one.GenerationId, two.GenerationId);
        Assert.NotEqual(one.GenerationId, other.GenerationId);
        Assert.Equal(320, one.Tokenizer.VocabularySize);
        Assert.Equal(one.Tokenizer.Fingerprint, two.Tokenizer.Fingerprint);
    }

    [Fact]
    public async Task LoadAsync_Missing_SaysWhichFile()
    {
        FileNotFoundException file = await Assert.ThrowsAsync<FileNotFoundException>(() => DecoderModel.LoadAsync(Path.Combine(_folder, "none.gguf"), cancellationToken: Stop));

        Assert.Contains("none.gguf", file.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TokenizerException>(() => DecoderModel.LoadAsync(_folder, cancellationToken: Stop));
    }

    [Fact]
    public async Task LoadAsync_TruncatedAnywhere_IsAFormatError()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        string path = Path.Combine(_folder, "model.gguf");
        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer);
        byte[] bytes = await File.ReadAllBytesAsync(path, Stop);

        foreach (int length in (int[])[3, 20, 1000, 9000, bytes.Length / 2, bytes.Length - 1])
        {
            string cut = Path.Combine(_folder, "cut.gguf");
            await File.WriteAllBytesAsync(cut, bytes[..length], Stop);
            ModelFormatException error = await Assert.ThrowsAnyAsync<ModelFormatException>(() => DecoderModel.LoadAsync(cut, cancellationToken: Stop));
            Assert.Contains("cut.gguf", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_MissingTensor_NamesFileTensorAndShape()
    {
        ModelFormatException error = Assert.ThrowsAny<ModelFormatException>(() => GgufCheckpoint.Load(Rewrite("blk.1.ffn_up.weight", null)));

        Assert.Contains("changed.gguf", error.Message, StringComparison.Ordinal);
        Assert.Contains("'blk.1.ffn_up.weight' is missing; expected [96, 64]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WrongShape_NamesExpectedAndFound()
    {
        ModelFormatException error = Assert.ThrowsAny<ModelFormatException>(() => GgufCheckpoint.Load(Rewrite("blk.1.ffn_up.weight", [64, 96])));

        Assert.Contains("has the shape [64, 96]; expected [96, 64]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama.block_count", 4_000_000_000u)]
    [InlineData("llama.attention.head_count", 0u)]
    [InlineData("llama.attention.head_count", 3u)]
    [InlineData("llama.attention.key_length", 2_000_000_000u)]
    [InlineData("llama.embedding_length", 65u)]
    [InlineData("llama.context_length", 4_294_967_295u)]
    [InlineData("llama.feed_forward_length", 0u)]
    public void Load_HostileNumbers_AreFormatErrors(string key, uint value)
    {
        string path = Rewrite(string.Empty, null, (key, GgufValue.Of(value)));

        ModelFormatException error = Assert.ThrowsAny<ModelFormatException>(() => GgufCheckpoint.Load(path));

        Assert.Contains("changed.gguf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherArchitecture_ListsTheSupportedOnes()
    {
        ModelFormatException error = Assert.ThrowsAny<ModelFormatException>(
            () => GgufCheckpoint.Load(Rewrite(string.Empty, null, ("general.architecture", GgufValue.Of("gemma")))));

        Assert.Contains("llama, qwen2 or qwen3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_HugeContextLength_DoesNotAllocateForIt()
    {
        string path = Rewrite(string.Empty, null, ("llama.context_length", GgufValue.Of(60_000_000u)));

        using DecoderModel model = await DecoderModel.LoadAsync(path, cancellationToken: Stop);

        Assert.Equal(60_000_000, model.Shape.ContextLength);
    }

    [Fact]
    public void Save_UnsupportedType_IsRefusedAndLeavesNoFile()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        string path = Path.Combine(_folder, "model.gguf");

        Assert.Throws<ArgumentException>(() => GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer, new GgufSaveOptions { Type = ElementType.IQ4_XS }));

        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    private static void AssertSameShape(ModelShape expected, ModelShape actual)
    {
        Assert.Equal(expected.Layers.AsEnumerable(), actual.Layers);
        Assert.Equal(expected with { Layers = [] }, actual with { Layers = [] });
    }

    private static unsafe void AssertSameBits(DecoderWeights<float> expected, DecoderWeights<float> actual) =>
        Assert.True(new ReadOnlySpan<float>(expected.Data, (int)expected.Length).SequenceEqual(new ReadOnlySpan<float>(actual.Data, (int)actual.Length)));

    /// <summary>Writes the seeded model with one tensor dropped or reshaped and some metadata replaced.</summary>
    private string Rewrite(string tensorName, long[]? shape, params (string Key, GgufValue Value)[] metadata)
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        string source = Path.Combine(_folder, "source.gguf");
        GgufCheckpoint.Save(source, weights, SeededModel.Tokenizer);
        using GgufFile file = GgufFile.Open(source);
        string path = Path.Combine(_folder, "changed.gguf");
        using GgufWriter writer = new(path);
        foreach ((string key, GgufValue value) in file.Metadata.Values)
        {
            (string Key, GgufValue Value) replaced = Array.Find(metadata, entry => entry.Key == key);
            writer.AddMetadata(key, replaced.Value ?? value);
        }

        GgufTensor[] kept = [.. file.Tensors.Where(tensor => tensor.Name != tensorName || shape is not null)];
        foreach (GgufTensor tensor in kept)
        {
            writer.DeclareTensor(tensor.Name, tensor.Type, tensor.Name == tensorName ? shape! : [.. tensor.Shape]);
        }

        foreach (GgufTensor tensor in kept)
        {
            writer.WriteBytes(tensor.Name, file.Data(tensor));
        }

        writer.Commit();
        return path;
    }
}
