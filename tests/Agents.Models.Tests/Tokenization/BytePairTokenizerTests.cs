using System.Text;
using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class BytePairTokenizerTests
{
    public static TheoryData<string> Texts =>
    [
        "", " ", "\0", "\r\n\t", "Hello world!", "naïve café", "e\u0301\u0328", "你好，世界。", "👩‍👩‍👧‍👦 🏳️‍🌈 🦙", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛", "if (a[1] != 0x2F) {\n\treturn -1;\n}\n",
        "\u200B\u200D\uFEFF\u2028", "กำลังทดสอบ", "نص عربي", "\uFFFD", "\U0010FFFF", "low lower lowest newest",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Decode_OfEncode_IsTheText(string text)
    {
        foreach (PreSplitter splitter in (PreSplitter[])[PreSplitter.Gpt2, PreSplitter.Llama3, PreSplitter.Qwen2])
        {
            BytePairTokenizer sut = new(SampleTokenizers.Trained(splitter));

            Assert.Equal(text, sut.Decode(sut.Encode(text)));
        }
    }

    [Fact]
    public void Decode_OfEncodeOfRandomText_IsTheText()
    {
        BytePairTokenizer sut = new(SampleTokenizers.Trained(PreSplitter.Qwen2, "<|im_end|>"));
        for (ulong seed = 0; seed < 300; seed++)
        {
            string text = new CountedNumbers(seed).Text(50);

            Assert.Equal(text, sut.Decode(sut.Encode(text)));
        }
    }

    [Fact]
    public void Encode_LoneSurrogate_BecomesReplacementCharacter()
    {
        BytePairTokenizer sut = SampleTokenizers.BytesOnly();

        Assert.Equal("a\uFFFDb", sut.Decode(sut.Encode("a\uD83Db")));
    }

    [Fact]
    public void Decode_InvalidBytes_ReplacesEachMaximalPart()
    {
        BytePairTokenizer sut = SampleTokenizers.BytesOnly();

        Assert.Equal("a\uFFFDb\uFFFD\uFFFD\uFFFDc", sut.Decode(['a', 0xE2, 0x82, 'b', 0xFF, 0xC0, 0x80, 'c']));
    }

    [Fact]
    public void Encode_ControlTokenText_IsControlOnlyOnRequest()
    {
        BytePairTokenizer sut = SampleTokenizers.BytesOnly("<|im_end|>");

        Assert.Equal(["<|im_end|>".Length, 1], [sut.Encode("<|im_end|>").Length, sut.Encode("<|im_end|>", parseSpecial: true).Length]);
        Assert.DoesNotContain(256, sut.Encode("x<|im_end|>y"));
        Assert.Equal(['x', 256, 256, 'y'], sut.Encode("x<|im_end|><|im_end|>y", parseSpecial: true));
    }

    [Fact]
    public void Encode_OverlappingAddedTokens_TakesTheLongest()
    {
        BytePairTokenizer sut = SampleTokenizers.BytesOnly("<|a", "<|a|>", "<|a|>b", "|>");

        Assert.Equal([258, 257, 'c', 256, '<', 259], sut.Encode("<|a|>b<|a|>c<|a<|>", parseSpecial: true));
    }

    [Fact]
    public void Encode_UserDefinedToken_IsAlwaysSplitOut()
    {
        BytePairTokenizer sut = new(SampleTokenizers.WithAdded(TokenKind.UserDefined, "<think>"));

        Assert.Equal(['a', 256, 'b'], sut.Encode("a<think>b"));
        Assert.False(sut.IsSpecial(256));
        Assert.Equal("<think>", sut.Decode([256], skipSpecial: true));
    }

    [Fact]
    public void Encode_TurnMarkerWronglyMarkedUserDefined_IsStillControl()
    {
        BytePairTokenizer sut = new(SampleTokenizers.WithAdded(TokenKind.UserDefined, "<|im_end|>"));

        Assert.DoesNotContain(256, sut.Encode("<|im_end|>"));
        Assert.True(sut.IsSpecial(256));
    }

    [Fact]
    public void Encode_UnusedToken_IsNeverProduced()
    {
        BytePairTokenizer sut = new(SampleTokenizers.WithAdded(TokenKind.Unused, "[PAD256]"));

        Assert.DoesNotContain(256, sut.Encode("[PAD256]", parseSpecial: true));
    }

    [Fact]
    public void Encode_WholePieceInVocabulary_IsTakenDirectlyUnderLlama3Only()
    {
        TokenizerDefinition definition = SampleTokenizers.Trained(PreSplitter.Gpt2) with { Merges = [] };
        int low = definition.Tokens.ToList().IndexOf("low");

        Assert.Equal([low], new BytePairTokenizer(definition with { Pre = "llama-bpe" }).Encode("low"));
        Assert.Equal(['l', 'o', 'w'], new BytePairTokenizer(definition).Encode("low"));
    }

    [Fact]
    public void Encode_IntoList_AppendsAndCounts()
    {
        List<int> ids = [7];

        int added = SampleTokenizers.BytesOnly().Encode("ab".AsSpan(), ids);

        Assert.Equal(2, added);
        Assert.Equal([7, 'a', 'b'], ids);
    }

    [Fact]
    public void Encode_SamePieceAgain_IsTheSame()
    {
        BytePairTokenizer sut = new(SampleTokenizers.Trained(PreSplitter.Gpt2));

        Assert.Equal(sut.Encode(" newest"), sut.Encode(" newest"));
    }

    [Fact]
    public void Encode_ManyThreadsAndMorePiecesThanTheCacheHolds_StaysCorrect()
    {
        BytePairTokenizer sut = new(SampleTokenizers.Trained(PreSplitter.Gpt2));

        Parallel.For(0, 8, worker =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                string text = $" {worker}x{i}";
                Assert.Equal(text, sut.Decode(sut.Encode(text)));
            }
        });
    }

    [Fact]
    public void Encode_LongSinglePiece_KeepsItsText()
    {
        string text = new('w', 200_000);
        BytePairTokenizer sut = new(SampleTokenizers.Trained(PreSplitter.Gpt2));

        Assert.Equal(text, sut.Decode(sut.Encode(text)));
    }

    [Theory]
    [InlineData('a', "a")]
    [InlineData(' ', " ")]
    [InlineData(0xE2, "<0xE2>")]
    public void TokenText_Byte_IsReadable(int id, string expected) => Assert.Equal(expected, SampleTokenizers.BytesOnly().TokenText(id));

    [Fact]
    public void TokenText_TornCharacter_ShowsItsBytes()
    {
        BytePairTokenizer sut = SampleTokenizers.WithTokens([[(byte)'x', 0xE2, 0x82], Encoding.UTF8.GetBytes("é!")]);

        Assert.Equal("x<0xE2><0x82>", sut.TokenText(256));
        Assert.Equal("é!", sut.TokenText(257));
        Assert.Equal([(byte)'x', 0xE2, 0x82], sut.TokenBytes(256).ToArray());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(256)]
    public void TokenBytes_OutsideVocabulary_Throws(int id)
    {
        BytePairTokenizer sut = SampleTokenizers.BytesOnly();

        Assert.Throws<ArgumentOutOfRangeException>(() => sut.TokenBytes(id).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => sut.Decode([id]));
        Assert.Throws<ArgumentOutOfRangeException>(() => sut.IsSpecial(id));
    }

    [Fact]
    public void EndIds_StatedAndWellKnown_AreJoined()
    {
        TokenizerDefinition definition = SampleTokenizers.WithAdded(TokenKind.Control, "<|im_end|>", "<|x|>", "<|endoftext|>");

        Assert.Equal([256, 257, 258], new BytePairTokenizer(definition with { EosId = 257 }).EndIds);
        Assert.Equal([256, 258], new BytePairTokenizer(definition).EndIds);
    }

    [Theory]
    [InlineData("gpt-2", null, false)]
    [InlineData("llama-bpe", null, true)]
    [InlineData("llama-bpe", false, false)]
    [InlineData("qwen2", true, true)]
    public void AddBos_FileOrFamily_Decides(string pre, bool? stated, bool expected)
    {
        TokenizerDefinition definition = SampleTokenizers.WithAdded(TokenKind.Control, "<s>") with { Pre = pre, AddBos = stated };

        Assert.Equal(expected, new BytePairTokenizer(definition with { BosId = 256 }).AddBos);
        Assert.False(new BytePairTokenizer(definition).AddBos);
    }

    [Fact]
    public void Fingerprint_ChangesWithWhatDecidesIds()
    {
        TokenizerDefinition definition = SampleTokenizers.Trained(PreSplitter.Gpt2, "<|x|>");
        TokenizerDefinition[] others =
        [
            definition with { Pre = "qwen2" },
            definition with { Merges = [.. definition.Merges.Skip(1), definition.Merges[0]] },
            definition with { Tokens = [.. definition.Tokens.Take(280), "<|y|>"] },
            definition with { Kinds = [] },
        ];

        string[] prints = [definition.ComputeFingerprint(), .. others.Select(other => other.ComputeFingerprint())];

        Assert.Equal(prints.Length, prints.Distinct().Count());
        Assert.All(prints, print => Assert.Equal(64, print.Length));
        Assert.Equal(prints[0], new BytePairTokenizer(definition with { ChatTemplate = "x", BosId = 3 }).Fingerprint);
    }

    [Fact]
    public void Fingerprint_UnusedTokensAtTheEnd_DoNotCount()
    {
        TokenizerDefinition definition = SampleTokenizers.BytesOnly().Definition;
        TokenizerDefinition padded = definition with { Tokens = [.. definition.Tokens, "[PAD]"], Kinds = [.. definition.Kinds, TokenKind.Unused] };

        Assert.Equal(definition.ComputeFingerprint(), padded.ComputeFingerprint());
    }

    [Theory]
    [InlineData("llama", "SentencePiece")]
    [InlineData("t5", "unigram")]
    [InlineData("rwkv", "unknown")]
    public void Constructor_OtherModel_IsRefusedByName(string model, string named)
    {
        TokenizerDefinition definition = SampleTokenizers.BytesOnly().Definition with { Model = model };

        TokenizerException error = Assert.Throws<TokenizerException>(() => new BytePairTokenizer(definition));

        Assert.Contains(model, error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("a b c")]
    [InlineData(" b")]
    [InlineData("a ")]
    [InlineData("a b")]
    public void Constructor_WrongMerge_NamesIt(string merge)
    {
        TokenizerDefinition definition = SampleTokenizers.BytesOnly().Definition with { Merges = [merge] };

        Assert.Contains("Merge 0", Assert.Throws<TokenizerException>(() => new BytePairTokenizer(definition)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_MissingByte_NamesIt()
    {
        TokenizerDefinition full = SampleTokenizers.BytesOnly().Definition;
        TokenizerDefinition broken = full with { Tokens = [.. full.Tokens.Select(token => token == "A" ? "zzz" : token)] };
        TokenizerDefinition harmless = full with { Tokens = [.. full.Tokens.Select(token => token == "ÿ" ? "zzz" : token)] };

        Assert.Contains("0x41", Assert.Throws<TokenizerException>(() => new BytePairTokenizer(broken)).Message, StringComparison.Ordinal);
        Assert.Equal(256, new BytePairTokenizer(harmless).VocabularySize);
    }

    [Fact]
    public void Constructor_EndlessControlTokens_AreRefused()
    {
        TokenizerDefinition definition = SampleTokenizers.WithAdded(TokenKind.Control, new string('a', 1 << 17), "b");

        Assert.Contains("id 257", Assert.Throws<TokenizerException>(() => new BytePairTokenizer(definition)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_ContradictoryDefinition_NamesAllOfIt()
    {
        TokenizerDefinition definition = SampleTokenizers.BytesOnly().Definition with { EosId = 256, BosId = -1, Kinds = [TokenKind.Normal] };

        string message = Assert.Throws<TokenizerException>(() => new BytePairTokenizer(definition)).Message;

        Assert.Contains("EosId is 256", message, StringComparison.Ordinal);
        Assert.Contains("BosId is -1", message, StringComparison.Ordinal);
        Assert.Contains("1 token types", message, StringComparison.Ordinal);
    }
}
