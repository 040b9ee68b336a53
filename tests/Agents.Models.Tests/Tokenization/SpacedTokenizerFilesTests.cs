using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class SpacedTokenizerFilesTests
{
    private const string LlamaStyle =
        """
        {"added_tokens":[{"id":0,"content":"<unk>","special":true},{"id":1,"content":"<s>","special":true},{"id":2,"content":"</s>","special":true}],
         "normalizer":NORMALIZER,"pre_tokenizer":SPLITTER,"decoder":null,
         "model":{"type":"BPE","unk_token":"<unk>","fuse_unk":true,"byte_fallback":true,
          "vocab":{"<unk>":0,"<s>":1,"</s>":2,"<0x0A>":3,"<0xC3>":4,"<0xA9>":5,"▁":6,"a":7,"b":8,"ab":9,"▁ab":10,"▁▁":11},
          "merges":["a b","▁ ab","▁ ▁"]}}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}""", "null", true, false)]
    [InlineData("""{"type":"Replace","pattern":{"String":" "},"content":"▁"}""", "null", false, false)]
    [InlineData("""{"type":"Replace","pattern":{"String":" "},"content":"▁"}""", """{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false}""", false, false)]
    [InlineData("null", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""", true, false)]
    [InlineData("null", """{"type":"Metaspace","replacement":"▁","add_prefix_space":true}""", true, true)]
    [InlineData("null", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":false}""", false, false)]
    public async Task ReadAsync_LlamaStyle_KnowsItsSpaces(string normalizer, string splitter, bool prefix, bool splits)
    {
        TokenizerDefinition read = await ReadAsync(LlamaStyle.Replace("NORMALIZER", normalizer, StringComparison.Ordinal).Replace("SPLITTER", splitter, StringComparison.Ordinal));

        Assert.Equal(("llama", prefix, splits, 0), (read.Model, read.AddSpacePrefix, read.SplitsAtSpaces, read.UnknownId));
        Assert.Equal([TokenKind.Unknown, TokenKind.Control, TokenKind.Control, TokenKind.Byte, TokenKind.Byte, TokenKind.Byte, TokenKind.Normal], read.Kinds.Take(7));
    }

    [Theory]
    [InlineData("""{"type":"Lowercase"}""", "null", "Lowercase")]
    [InlineData("null", """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace"}]}""", "WhitespaceSplit")]
    [InlineData("null", "null", "marks spaces")]
    public async Task ReadAsync_OtherSteps_AreRefusedByName(string normalizer, string splitter, string named)
    {
        TokenizerException error = await Assert.ThrowsAsync<TokenizerException>(
            () => ReadAsync(LlamaStyle.Replace("NORMALIZER", normalizer, StringComparison.Ordinal).Replace("SPLITTER", splitter, StringComparison.Ordinal)));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_LlamaStyle_EncodesByMergesWithUnknownText()
    {
        TokenizerDefinition read = await ReadAsync(LlamaStyle
            .Replace("NORMALIZER", """{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}""", StringComparison.Ordinal)
            .Replace("SPLITTER", "null", StringComparison.Ordinal));
        VocabularyTokenizer sut = Tokenizers.Create(read);

        Assert.Equal([10, 7, 8 + 1], sut.Encode("abaab"));
        Assert.Equal([6, 10], sut.Encode(" ab"));
        Assert.Equal([11, 10], sut.Encode("  ab"));
        Assert.Equal([6, 0], sut.Encode("éx"));
    }

    [Fact]
    public async Task ReadAsync_Unigram_HasScores()
    {
        TokenizerDefinition read = await ReadAsync(
            """
            {"added_tokens":[{"id":4,"content":"<x>","special":true}],"normalizer":null,"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
             "model":{"type":"Unigram","unk_id":0,"byte_fallback":false,"vocab":[["<unk>",0],["▁",-2.5],["a",-1],["▁a",-1.5]]}}
            """);

        Assert.Equal(("t5", true, true, 0), (read.Model, read.AddSpacePrefix, read.SplitsAtSpaces, read.UnknownId));
        Assert.Equal([0, -2.5f, -1, -1.5f, 0], read.Scores);
        Assert.Equal([3, 3, 0], Tokenizers.Create(read).Encode("a az"));
    }

    [Theory]
    [InlineData("llama", true)]
    [InlineData("llama", false)]
    [InlineData("t5", true)]
    [InlineData("t5", false)]
    public void Gguf_RoundTrip_KeepsTheFingerprint(string model, bool prefix)
    {
        TokenizerDefinition original = SampleSentencePieces.Random(model, 4) with { AddSpacePrefix = prefix };

        TokenizerDefinition read = GgufTokenizerKeys.Read(GgufTokenizerKeys.Write(original));

        Assert.Equal(original.ComputeFingerprint(), read.ComputeFingerprint());
        Assert.Equal((original.UnknownId, original.BosId, original.EosId), (read.UnknownId, read.BosId, read.EosId));
    }

    [Fact]
    public void Gguf_MergesWithoutScores_GetScoresThatEncodeAlike()
    {
        TokenizerDefinition original = SampleSentencePieces.Define("llama", ("▁", 0), ("a", 0), ("b", 0), ("ab", 0), ("▁ab", 0)) with { Scores = [], Merges = ["a b", "▁ ab"] };

        TokenizerDefinition read = GgufTokenizerKeys.Read(GgufTokenizerKeys.Write(original));

        Assert.Equal(original.ComputeFingerprint(), read.ComputeFingerprint());
        Assert.Equal(Tokenizers.Create(original).Encode("ab b ab"), Tokenizers.Create(read with { Merges = [] }).Encode("ab b ab"));
    }

    [Theory]
    [InlineData("llama", true, false)]
    [InlineData("llama", false, true)]
    [InlineData("t5", true, true)]
    [InlineData("t5", false, false)]
    public async Task HuggingFace_RoundTrip_EncodesAlike(string model, bool prefix, bool splits)
    {
        TokenizerDefinition original = SampleSentencePieces.Random(model, 6) with { AddSpacePrefix = prefix, SplitsAtSpaces = splits };
        original = original with { Scores = [.. original.Scores.Select((score, id) => score - (id * 0.001f))] };
        DirectoryInfo folder = Directory.CreateTempSubdirectory("agents-tokenizer-");
        try
        {
            await HuggingFaceTokenizer.WriteAsync(folder.FullName, original, Stop);
            TokenizerDefinition read = await HuggingFaceTokenizer.ReadAsync(folder.FullName, Stop);
            VocabularyTokenizer before = Tokenizers.Create(original);
            VocabularyTokenizer after = Tokenizers.Create(read);
            SampleStream stream = new(1);
            for (int i = 0; i < 200; i++)
            {
                string text = SampleSentencePieces.Text(stream);
                Assert.Equal(before.Decode(before.Encode(text)), after.Decode(after.Encode(text)));
                Assert.Equal(before.Encode(text).Length, after.Encode(text).Length);
            }

            Assert.Equal(before.AddBos, after.AddBos);
            Assert.Equal(original.Kinds, read.Kinds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Gguf_CharacterMap_IsRefusedByName()
    {
        OrderedDictionary<string, object> keys = GgufTokenizerKeys.Write(SampleSentencePieces.Random("t5", 1));
        keys[GgufTokenizerKeys.CharacterMap] = new byte[] { 1 };

        Assert.Contains(GgufTokenizerKeys.CharacterMap, Assert.Throws<TokenizerException>(() => GgufTokenizerKeys.Read(keys)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gguf_ScoresOfAnotherType_AreRefused()
    {
        OrderedDictionary<string, object> keys = GgufTokenizerKeys.Write(SampleSentencePieces.Random("llama", 1));
        keys[GgufTokenizerKeys.Scores] = new double[308];

        Assert.Throws<TokenizerException>(() => GgufTokenizerKeys.Read(keys));
    }

    private static async Task<TokenizerDefinition> ReadAsync(string json)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("agents-tokenizer-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, HuggingFaceTokenizer.TokenizerFile), json, Stop);
            return await HuggingFaceTokenizer.ReadAsync(folder.FullName, Stop);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
