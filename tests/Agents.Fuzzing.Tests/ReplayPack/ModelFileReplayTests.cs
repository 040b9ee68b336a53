using Agents.Fuzzing.Engine;
using Agents.Fuzzing.Targets;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Safetensors;
using Agents.Models.Tokenization;

namespace Agents.Fuzzing.Tests.ReplayPack;

/// <summary>How loaders of model files were broken elsewhere, replayed here: every file ends in a named error, after little memory and at once.</summary>
public sealed class ModelFileReplayTests : IDisposable
{
    private const uint F32 = 0;
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-replay-").FullName;

    /// <summary>Gets files whose declared sizes lie, by the advisory whose pattern they follow.</summary>
    public static TheoryData<string, byte[]> LyingFiles => new()
    {
        // CVE-2026-7482: offset or size of a tensor beyond the file, which then leaks what lies behind it.
        { "offset beyond the file", new GgufBytes(1).Tensor("w", F32, 1 << 20, 4).Done() },
        { "size beyond the file", new GgufBytes(1).Tensor("w", F32, 0, 1 << 20).Done() },
        { "offset plus size wraps around 64 bits", new GgufBytes(1).Tensor("w", F32, ulong.MaxValue - 31, 16).Done() },
        { "offset not aligned", new GgufBytes(1).Tensor("w", F32, 4, 4).Done() },

        // CVE-2025-53630 and its bypass CVE-2026-27940: products of declared sizes that overflow.
        { "elements wrap around 64 bits to a small number", new GgufBytes(1).Tensor("w", F32, 0, 1ul << 32, 1ul << 32).Done() },
        { "bytes wrap around although elements do not", new GgufBytes(1).Tensor("w", F32, 0, (1ul << 62) + 4).Done() },
        { "elements at the signed limit", new GgufBytes(1).Tensor("w", F32, 0, long.MaxValue).Done() },
        { "dimension above the signed limit", new GgufBytes(1).Tensor("w", F32, 0, 1ul << 63).Done() },
        { "sum of many tensors wraps around", new GgufBytes(2).Tensor("a", F32, 0, 1ul << 61).Tensor("b", F32, 0, 4).Done() },
        { "number of tensors at the limit", new GgufBytes(ulong.MaxValue).Done() },
        { "number of tensors times entry size wraps around", new GgufBytes((ulong.MaxValue / 56) + 1).Done() },
        { "number of keys at the limit", new GgufBytes(0, ulong.MaxValue).Done() },
        { "number of keys negative when signed", new GgufBytes(0, 1ul << 63).Done() },
        { "key longer than the file", new GgufBytes(0, 1).Number(1ul << 40).Done() },
        { "key length wraps around", new GgufBytes(0, 1).Number(ulong.MaxValue - 7).Done() },
        { "string longer than the file", new GgufBytes(0, 1).Key("general.name", 8).Number(1ul << 33).Done() },
        { "array longer than the file", new GgufBytes(0, 1).Key("a", 9).Number(4u).Number(1ul << 40).Done() },
        { "array bytes wrap around", new GgufBytes(0, 1).Key("a", 9).Number(10u).Number((1ul << 61) + 1).Done() },
        { "array of strings longer than the file", new GgufBytes(0, 1).Key("a", 9).Number(8u).Number(1ul << 32).Done() },
        { "nested arrays", new GgufBytes(0, 1).Key("a", 9).Number(9u).Number(1ul).Number(9u).Number(1ul).Done() },
        { "unknown value type", new GgufBytes(0, 1).Key("a", 77).Done() },
        { "alignment of zero", new GgufBytes(0, 1).Key("general.alignment", 4).Number(0u).Done() },
        { "alignment no power of two", new GgufBytes(0, 1).Key("general.alignment", 4).Number(24u).Done() },
        { "alignment that overflows the padding", new GgufBytes(1, 1).Key("general.alignment", 4).Number(1u << 31).Tensor("w", F32, 0, 4).Done() },

        // CVE-2024-21802 and siblings: the number of dimensions and the dimensions themselves.
        { "five dimensions", new GgufBytes(1).Tensor("w", F32, 0, 1, 1, 1, 1, 1).Done() },
        { "four billion dimensions", new GgufBytes(1).Text("w").Number(uint.MaxValue).Done() },
        { "dimension of zero", new GgufBytes(1).Tensor("w", F32, 0, 0, 4).Done() },
        { "row that is no whole number of blocks", new GgufBytes(1).Tensor("w", 8, 0, 33).Done() },
        { "unknown element type", new GgufBytes(1).Tensor("w", 250, 0, 4).Done() },
        { "same tensor twice", new GgufBytes(2).Tensor("w", F32, 0, 4).Tensor("w", F32, 32, 4).Done() },
        { "cut off in the header", new GgufBytes(1, 1).Done(0)[..20] },
        { "another version", new GgufBytes(version: 99).Done() },
        { "the other byte order", [.. "GGUF"u8, 0, 0, 0, 3, .. new byte[56]] },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(LyingFiles))]
    public void Gguf_FileThatLies_IsRefusedByName(string pattern, byte[] file)
    {
        GgufTarget target = new();
        FuzzReport report = new FuzzRunner(target, new FuzzOptions { MaximumInputs = 1 }, TimeProvider.System).Run([file], new SampleStream(1), TestContext.Current.CancellationToken);
        Assert.True(report.Finding is null, $"{pattern}: {report.Finding}");
        Assert.True(report.Accepted == 0, $"{pattern}: the file was accepted.");
    }

    [Theory]
    [MemberData(nameof(LyingFiles))]
    public void Gguf_MutantsOfAFileThatLies_EndInNamedErrors(string pattern, byte[] file)
    {
        FuzzReport report = new FuzzRunner(new GgufTarget(), new FuzzOptions { MaximumInputs = 200 }, TimeProvider.System).Run([file], new SampleStream(7), TestContext.Current.CancellationToken);
        Assert.True(report.Finding is null, $"{pattern}: {report.Finding}");
    }

    [Theory]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,1048576]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[-1,-4],\"data_offsets\":[0,16]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[18446744073709551615,15]}}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void Safetensors_HeaderThatLies_IsRefusedByName(string header)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(header);
        byte[] file = [.. BitConverter.GetBytes((ulong)text.Length), .. text, .. new byte[32]];
        Assert.ThrowsAny<ModelFormatException>(() => new SafetensorsTarget().Read(file));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1ul << 62)]
    [InlineData(1ul << 30)]
    public void Safetensors_HeaderLongerThanTheFile_IsRefusedBeforeAnythingIsAllocated(ulong length)
    {
        byte[] file = [.. BitConverter.GetBytes(length), .. "{}"u8];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<ModelFormatException>(() => new SafetensorsTarget().Read(file));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
    }

    [Theory]
    [InlineData("model.pt")]
    [InlineData("pytorch_model.bin")]
    [InlineData("model.ckpt")]
    public void Pickle_ByName_IsNeverOpened(string name)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, [0x80, 2, 0x63, .. "os\nsystem\n"u8]);
        Assert.Contains("pickle", Assert.ThrowsAny<ModelFormatException>(() => SafetensorsCheckpoint.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pickle_UnderAnotherName_IsKnownByItsContent()
    {
        string path = Path.Combine(_folder, "model.safetensors");
        File.WriteAllBytes(path, [0x80, 4, 0x95, .. Enumerable.Repeat((byte)0xff, 8), .. "cos\nsystem\n"u8]);
        Assert.Contains("pickle", Assert.ThrowsAny<ModelFormatException>(() => SafetensorsCheckpoint.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_ThatNamesPythonCode_LoadsWithoutLookingAtIt()
    {
        // CVE-2026-22807: auto_map pointed to code in the folder, which ran. Here it is a key like any other that means nothing.
        CancellationToken stop = TestContext.Current.CancellationToken;
        ModelShape shape = ModelShape.Uniform("qwen3", 272, 32, 1, new LayerShape(2, 1, 16, 32), 64) with { TiedEmbeddings = true };
        using Agents.Models.Decoder.DecoderWeights<float> weights = new(shape);
        await HuggingFaceCheckpoint.SaveAsync(_folder, weights, SmallModels.Tokenizer, cancellationToken: stop);
        string config = Path.Combine(_folder, "config.json");
        string text = await File.ReadAllTextAsync(config, stop);
        await File.WriteAllTextAsync(config, text.Replace("{", "{\"auto_map\": {\"AutoModelForCausalLM\": \"evil.Model\"},", StringComparison.Ordinal).Replace("{\"auto_map\"", "{ \"auto_map\"", StringComparison.Ordinal), stop);
        string marker = Path.Combine(_folder, "ran");
        await File.WriteAllTextAsync(Path.Combine(_folder, "evil.py"), $"open({marker!}, 'w')", stop);
        DecoderCheckpoint checkpoint = await HuggingFaceCheckpoint.LoadAsync(_folder, cancellationToken: stop);
        checkpoint.Weights.Dispose();
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public void Tokenizer_PathologicalRegularExpression_IsRefusedAtOnce()
    {
        byte[] file = System.Text.Encoding.UTF8.GetBytes(
            """{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a+)+$"},"behavior":"Isolated"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""");
        using TokenizerJsonTarget target = new();
        Assert.Throws<TokenizerException>(() => target.Read(file));
    }
}
