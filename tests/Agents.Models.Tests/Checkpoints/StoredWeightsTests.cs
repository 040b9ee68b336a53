using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tests.Decoder;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Checkpoints;

/// <summary>Weights that stay in the types of their file: what is kept, that nothing is lost, and that the decoder computes on it.</summary>
public sealed class StoredWeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-stored-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, bool, ElementType> Files
    {
        get
        {
            TheoryData<string, bool, ElementType> files = [];
            foreach (ElementType type in (ElementType[])[ElementType.Q8_0, ElementType.F16, ElementType.BF16, ElementType.F32])
            {
                files.Add("llama", true, type);
                files.Add("qwen2", false, type);
                files.Add("qwen3", true, type);
            }

            return files;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void ToSingle_OfStoredWeights_GivesTheDecodedValues(string architecture, bool tied, ElementType type)
    {
        string path = Save(architecture, tied, type);
        using DecoderWeights<float> expected = GgufCheckpoint.Load(path).Weights;
        using DecoderWeights<float> stored = Stored(path);

        using DecoderWeights<float> actual = stored.ToSingle();

        AssertSame(expected, actual);
        Assert.False(stored.IsDense);
        foreach (WeightTensor<float> tensor in stored.Tensors.Where(tensor => !tensor.IsVector))
        {
            Assert.Equal(type, tensor.Type);
            Assert.Equal(type == ElementType.F32, tensor.Packed is not null);
            Assert.Equal(type != ElementType.F32, tensor.Quantized is not null);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Compute_DigestOfLoaderAndOfMemory_AreTheSame(string architecture, bool tied, ElementType type)
    {
        string path = Save(architecture, tied, type);
        using DecoderWeights<float> stored = Stored(path);
        string loaded = WeightHash.Compute(stored);

        foreach (WeightTensor<float> tensor in stored.Tensors)
        {
            Assert.Equal(tensor.IsVector, tensor.Digest is null);
            tensor.Digest = null;
        }

        Assert.Equal(loaded, WeightHash.Compute(stored));
        using DecoderWeights<float> single = stored.ToSingle();
        Assert.Equal(type == ElementType.F32, loaded == WeightHash.Compute(single));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Run_OnStoredWeights_StaysNearTheDecodedValues(string architecture, bool tied, ElementType type)
    {
        string path = Save(architecture, tied, type);
        using DecoderWeights<float> single = GgufCheckpoint.Load(path).Weights;
        using DecoderWeights<float> stored = Stored(path);
        int[] ids = [3, 1, 4, 1, 5, 9, 2, 6];

        float[][] expected = ForwardRun.Logits(single, ids);
        float[][] actual = ForwardRun.Logits(stored, ids);

        // Weights in single precision multiply with the decoded values themselves; all others also round the rows that they meet.
        bool rounds = type != ElementType.F32;
        double largest = expected.Zip(actual, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max()).Max();
        double size = expected.Max(row => row.Max(Math.Abs));
        Assert.Equal(rounds, largest > 0);
        Assert.True(largest < 0.03 * size, $"{largest} of {size}");
    }

    [Fact]
    public unsafe void Run_GroupOfMixedTypes_EqualsLayersOneByOne()
    {
        string eight = Save("qwen2", true, ElementType.Q8_0);
        string half = Save("qwen2", true, ElementType.F16);
        using DecoderWeights<float> a = Stored(eight);
        using DecoderWeights<float> b = Stored(half);
        using DecoderWeights<float> c = GgufCheckpoint.Load(eight).Weights;
        using LinearRunner<float> runner = new(new ReferenceKernels<float>());
        LayerWeights<float> first = a.Layers[0];
        using AlignedBuffer<float> memory = new(64 * 1024);
        float* at = memory.Data;
        MatrixView<float> Take(int columns)
        {
            MatrixView<float> view = new(at, 3, columns);
            at += 3 * columns;
            return view;
        }

        MatrixView<float> x = Take(64);
        for (int i = 0; i < 3 * 64; i++)
        {
            x.Data[i] = MathF.Sin(i) * 2;
        }

        WeightTensor<float>[] group = [first.Query, b.Layers[0].Key, c.Layers[0].Value, first.Value];
        var together = group.Select(weight => Take(weight.Rows)).ToArray();
        var alone = group.Select(weight => Take(weight.Rows)).ToArray();
        MatrixView<float> normed = Take(64);

        runner.NormMultiply(
            x, first.InputNorm, 1e-5f, normed, null, [.. group.Select((weight, i) => new LinearProduct<float>(weight, i == 0 ? first.QueryBias : null, together[i]))]);
        for (int i = 0; i < group.Length; i++)
        {
            runner.Multiply(normed, [new LinearProduct<float>(group[i], i == 0 ? first.QueryBias : null, alone[i])]);
        }

        for (int i = 0; i < group.Length; i++)
        {
            ReadOnlySpan<float> values = new(together[i].Data, 3 * group[i].Rows);
            Assert.True(values.SequenceEqual(new ReadOnlySpan<float>(alone[i].Data, values.Length)), $"Layer {i} of the group differs.");
            Assert.NotEqual(0, values[^1]);
        }
    }

    [Fact]
    public void Data_OfAFrozenMatrix_SaysHowToGetValues()
    {
        using DecoderWeights<float> stored = Stored(Save("llama", true, ElementType.Q8_0));

        InvalidOperationException one = Assert.Throws<InvalidOperationException>(() => stored.Embedding.View);
        InvalidOperationException all = Assert.Throws<InvalidOperationException>(stored.Clear);

        Assert.Contains("model.embed_tokens.weight", one.Message, StringComparison.Ordinal);
        Assert.Contains("Q8_0", one.Message, StringComparison.Ordinal);
        Assert.Contains("ToSingle", all.Message, StringComparison.Ordinal);
        Assert.Equal(64, stored.FinalNorm.View.Columns);
    }

    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    public async Task LoadAsync_SafetensorsFolder_KeepsItsTypeAndGivesTheNumbersOfTheGguf(ElementType type)
    {
        using DecoderWeights<float> weights = SeededModel.Weights("qwen3", tied: false);
        string folder = Path.Combine(_folder, "hf-" + type);
        await HuggingFaceCheckpoint.SaveAsync(folder, weights, SeededModel.Tokenizer, type, Stop);
        CheckpointLoadOptions options = new() { Storage = WeightStorage.AsStored, Kernels = new ReferenceKernels<float>() };

        using DecoderWeights<float> actual = (await DecoderCheckpoint.LoadAsync(folder, options, Stop)).Weights;
        using DecoderWeights<float> expected = (await DecoderCheckpoint.LoadAsync(folder, cancellationToken: Stop)).Weights;

        Assert.Equal(type, actual.Head.Type);
        float[] decoded = ForwardRun.Logits(expected, [7, 8, 9])[^1];
        float[] stored = ForwardRun.Logits(actual, [7, 8, 9])[^1];
        Assert.Equal(type == ElementType.F32, decoded.AsSpan().SequenceEqual(stored));
        Assert.Equal(0, decoded.Zip(stored, (a, b) => Math.Abs(a - b)).Max(), 0.05);
    }

    [Fact]
    public async Task LoadAsync_Cancelled_Stops()
    {
        string path = Save("llama", true, ElementType.Q8_0);
        using CancellationTokenSource source = new();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GgufCheckpoint.LoadAsync(path, cancellationToken: source.Token));
    }

    private static DecoderWeights<float> Stored(string path) =>
        GgufCheckpoint.Load(path, new CheckpointLoadOptions { Storage = WeightStorage.AsStored, Kernels = new ReferenceKernels<float>() }).Weights;

    private static unsafe void AssertSame(DecoderWeights<float> expected, DecoderWeights<float> actual)
    {
        foreach (WeightTensor<float> tensor in expected.Tensors)
        {
            ReadOnlySpan<float> values = new(tensor.Data, (int)tensor.Length);
            Assert.True(values.SequenceEqual(new ReadOnlySpan<float>(actual.ByName[tensor.Name].Data, values.Length)), tensor.Name);
        }
    }

    private string Save(string architecture, bool tied, ElementType type)
    {
        using DecoderWeights<float> weights = SeededModel.Weights(architecture, tied);
        string path = Path.Combine(_folder, $"{architecture}-{tied}-{type}.gguf");
        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer, new GgufSaveOptions { Type = type });
        return path;
    }
}
