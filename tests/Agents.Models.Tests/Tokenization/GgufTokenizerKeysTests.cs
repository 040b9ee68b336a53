using Agents.Models.Gguf;
using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class GgufTokenizerKeysTests
{
    private static TokenizerDefinition Sample() => SampleTokenizers.Trained(PreSplitter.Qwen2, "<|im_start|>", "<|im_end|>") with
    {
        EosId = 281, EotId = 281, BosId = 280, PaddingId = 3, AddBos = false, AddEos = true, ChatTemplate = "{{ x }}",
    };

    [Fact]
    public void Read_OfWrite_IsTheDefinition()
    {
        TokenizerDefinition original = Sample();

        TokenizerDefinition read = GgufTokenizerKeys.Read(GgufTokenizerKeys.Write(original));

        Assert.Equal(original.ComputeFingerprint(), read.ComputeFingerprint());
        Assert.Equal(original.Kinds, read.Kinds);
        Assert.Equal(
            original with { Tokens = read.Tokens, Kinds = read.Kinds, Merges = read.Merges },
            read);
    }

    [Fact]
    public void Read_OfWrittenFile_IsTheDefinition()
    {
        using MemoryStream stream = new();
        using (GgufWriter writer = new(stream))
        {
            writer.AddMetadata("general.architecture", GgufValue.Of("llama"));
            GgufTokenizer.Write(writer, Sample());
            writer.Commit();
        }

        stream.Position = 0;
        using GgufFile file = GgufFile.Open(stream, "sample");
        TokenizerDefinition read = GgufTokenizer.Read(file.Metadata);

        Assert.Equal(Sample().ComputeFingerprint(), read.ComputeFingerprint());
        Assert.Equal(Sample().ChatTemplate, read.ChatTemplate);
        Assert.Equal((281, 280, false), (read.EosId, read.BosId, read.AddBos));
    }

    [Fact]
    public void Write_OptionalPartsMissing_LeavesTheirKeysOut()
    {
        IEnumerable<string> keys = GgufTokenizerKeys.Write(SampleTokenizers.BytesOnly().Definition with { Pre = null, Kinds = [] }).Keys;

        Assert.Equal([GgufTokenizerKeys.Model, GgufTokenizerKeys.Pre, GgufTokenizerKeys.Tokens, GgufTokenizerKeys.Kinds, GgufTokenizerKeys.Merges], keys);
    }

    [Fact]
    public void Read_OtherIntegerTypes_AreAccepted()
    {
        Dictionary<string, object> metadata = new(GgufTokenizerKeys.Write(Sample()))
        {
            [GgufTokenizerKeys.EosId] = 281L,
            [GgufTokenizerKeys.BosId] = uint.MaxValue,
            [GgufTokenizerKeys.Kinds] = Sample().Kinds.Select(kind => (uint)kind).ToArray(),
        };

        TokenizerDefinition read = GgufTokenizerKeys.Read(metadata);

        Assert.Equal(281, read.EosId);
        Assert.Null(read.BosId);
        Assert.Equal(Sample().Kinds, read.Kinds);
    }

    [Theory]
    [InlineData(GgufTokenizerKeys.Model, null, "carries no tokenizer")]
    [InlineData(GgufTokenizerKeys.Tokens, null, "array of strings")]
    [InlineData(GgufTokenizerKeys.Model, 7, "expected a string")]
    [InlineData(GgufTokenizerKeys.Merges, "a b", "expected an array of strings")]
    [InlineData(GgufTokenizerKeys.EosId, 1e3, "expected an integer")]
    [InlineData(GgufTokenizerKeys.EosId, ulong.MaxValue, "too large")]
    [InlineData(GgufTokenizerKeys.EosId, 5000, "outside the vocabulary")]
    [InlineData(GgufTokenizerKeys.AddBos, "yes", "expected a boolean")]
    [InlineData(GgufTokenizerKeys.Kinds, 3, "expected an array of integers")]
    [InlineData(GgufTokenizerKeys.Kinds, new[] { 1, 9 }, "token_type[1] is 9")]
    [InlineData(GgufTokenizerKeys.Kinds, new[] { 1, 1 }, "2 token types")]
    public void Read_DamagedKey_IsNamed(string key, object? value, string expected)
    {
        Dictionary<string, object> metadata = new(GgufTokenizerKeys.Write(Sample()));
        metadata.Remove(key);
        if (value is not null)
        {
            metadata[key] = value;
        }

        TokenizerException error = Assert.Throws<TokenizerException>(() => GgufTokenizerKeys.Read(metadata));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
