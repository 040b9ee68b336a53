using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class SentencePieceTokenizerTests
{
    private const int FirstByte = 3;
    private const int Think = 259;
    private const int FirstOrdinary = 260;

    [Fact]
    public void Encode_BestScore_MergesFirst()
    {
        VocabularyTokenizer sut = Tokenizers.Create(SampleSentencePieces.Define("llama", ("▁", -9), ("a", -9), ("b", -9), ("▁a", -3), ("ab", -1), ("▁ab", -2)));

        Assert.Equal([FirstOrdinary + 5], sut.Encode("ab"));
        Assert.Equal([FirstOrdinary + 3], sut.Encode("a"));
        Assert.Equal([FirstOrdinary, FirstOrdinary + 3, FirstOrdinary + 5], sut.Encode(" a ab"));
    }

    [Fact]
    public void Encode_EqualScores_TheLeftmostMergesFirst()
    {
        VocabularyTokenizer sut = Tokenizers.Create(
            SampleSentencePieces.Define("llama", ("a", -9), ("b", -9), ("ab", -1), ("ba", -1)) with { AddSpacePrefix = false });

        Assert.Equal([FirstOrdinary + 2, FirstOrdinary], sut.Encode("aba"));
        Assert.Equal([FirstOrdinary + 3, FirstOrdinary + 1], sut.Encode("bab"));
    }

    [Fact]
    public void Encode_CharacterOutsideTheVocabulary_BecomesItsBytes()
    {
        VocabularyTokenizer sut = Tokenizers.Create(SampleSentencePieces.Define("llama", ("▁", -1)));

        Assert.Equal([FirstOrdinary, FirstByte + 0xF0, FirstByte + 0x9F, FirstByte + 0x98, FirstByte + 0x80, FirstByte + 0x0A], sut.Encode("😀\n"));
        Assert.Equal([FirstOrdinary, FirstByte + 0xEF, FirstByte + 0xBF, FirstByte + 0xBD], sut.Encode("\uD800"));
    }

    [Fact]
    public void Encode_EmptyText_GivesNothing() => Assert.Empty(Tokenizers.Create(SampleSentencePieces.Random("llama", 1)).Encode(string.Empty));

    [Fact]
    public void Encode_TextsOfControlAndByteTokens_AreNeverThoseTokens()
    {
        VocabularyTokenizer sut = Tokenizers.Create(SampleSentencePieces.Define("llama", ("▁", -1), ("<", -1), ("/", -1), ("s", -1), (">", -1), ("</", -1), ("s>", -1)));

        int[] ids = sut.Encode("</s><s><0x41><unk>");

        Assert.DoesNotContain(ids, id => sut.IsSpecial(id));
        Assert.DoesNotContain(FirstByte + 0x41, ids.Take(3));
        Assert.Equal("</s><s><0x41><unk>", sut.Decode(ids));
        Assert.Equal([1, 2], sut.Encode("<s></s>", parseSpecial: true));
    }

    [Fact]
    public void Encode_AfterAddedTokens_PutsASpaceInFrontAgain()
    {
        VocabularyTokenizer sut = Tokenizers.Create(SampleSentencePieces.Define("llama", ("▁", -1), ("a", -1), ("▁a", -1)));

        Assert.Equal([FirstOrdinary + 2, Think, FirstOrdinary + 2], sut.Encode("a<think>a"));
        Assert.Equal("a<think>a", sut.Decode(sut.Encode("a<think>a")));
        Assert.Equal("aa", sut.Decode([FirstOrdinary + 2, 2, FirstOrdinary + 2], skipSpecial: true));
    }

    [Fact]
    public void Encode_WithoutPrefix_KeepsTextAsItIs()
    {
        VocabularyTokenizer sut = Tokenizers.Create(SampleSentencePieces.Define("llama", ("▁", -1), ("a", -1), ("▁a", -1)) with { AddSpacePrefix = false });

        Assert.Equal([FirstOrdinary + 1], sut.Encode("a"));
        Assert.Equal(" a", sut.Decode(sut.Encode(" a")));
    }

    [Theory]
    [InlineData("llama", true)]
    [InlineData("llama", false)]
    [InlineData("t5", true)]
    [InlineData("t5", false)]
    public void Decode_EncodedText_IsTheText(string model, bool prefix)
    {
        VocabularyTokenizer sut = Tokenizers.Create(SampleSentencePieces.Random(model, 5) with { AddSpacePrefix = prefix });
        SampleStream stream = new(11);
        for (int i = 0; i < 500; i++)
        {
            string text = SampleSentencePieces.Text(stream);
            int[] ids = sut.Encode(text);
            StreamingDecoder streaming = new(sut);

            Assert.Equal(text, sut.Decode(ids));
            Assert.Equal(text, string.Concat(ids.Select(streaming.Append)) + streaming.Finish());
            Assert.Equal(sut.Encode("a"), sut.Encode("a"));
        }
    }

    [Fact]
    public void StreamingDecoder_SecondStream_DropsTheSpaceAgain()
    {
        VocabularyTokenizer tokenizer = Tokenizers.Create(SampleSentencePieces.Define("llama", ("▁a", -1), ("▁", -1), ("a", -1)));
        StreamingDecoder sut = new(tokenizer);

        Assert.Equal("a", sut.Append(FirstOrdinary));
        Assert.Equal(" a", sut.Append(FirstOrdinary));
        Assert.Equal(string.Empty, sut.Finish());
        Assert.Equal("a", sut.Append(FirstOrdinary));
    }

    [Fact]
    public void Encode_RandomVocabularies_AreWhatTheDefinitionSays()
    {
        SampleStream stream = new(3);
        for (ulong seed = 0; seed < 20; seed++)
        {
            TokenizerDefinition definition = SampleSentencePieces.Random("llama", seed);
            VocabularyTokenizer sut = Tokenizers.Create(definition);
            for (int i = 0; i < 50; i++)
            {
                string text = string.Concat(Enumerable.Range(0, stream.NextInt(20)).Select(_ => "abc s></"[stream.NextInt(8)]));
                int[] ids = sut.Encode(text);

                Assert.Equal(text.Length == 0 ? [] : Slowly(definition, "▁" + text.Replace(' ', '▁')), ids.Select(sut.Definition.Tokens.ElementAt));
            }
        }
    }

    [Fact]
    public void Encode_LongText_TakesTimeInProportion()
    {
        VocabularyTokenizer sut = Tokenizers.Create(SampleSentencePieces.Random("llama", 2));
        string text = string.Concat(Enumerable.Repeat("abcab c", 60_000));

        Assert.Equal(text, sut.Decode(sut.Encode(text)));
    }

    [Fact]
    public void Constructor_NeitherScoresNorMerges_IsRefused() =>
        Assert.Throws<TokenizerException>(() => Tokenizers.Create(SampleSentencePieces.Define("llama", ("a", 0)) with { Scores = [] }));

    [Fact]
    public void Constructor_NeitherBytesNorUnknown_IsRefused() =>
        Assert.Throws<TokenizerException>(() => Tokenizers.Create(new TokenizerDefinition { Model = "llama", Tokens = ["a"], Scores = [0], Merges = [] }));

    [Fact]
    public void Constructor_ScoreThatIsNoNumber_IsRefused() =>
        Assert.Contains("not a number", Assert.Throws<TokenizerException>(() => Tokenizers.Create(SampleSentencePieces.Define("llama", ("a", float.NaN)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_UnknownModel_NamesTheKnownOnes() =>
        Assert.Contains("'rwkv' is unknown", Assert.Throws<TokenizerException>(() => Tokenizers.Create(SampleSentencePieces.Define("rwkv"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Properties_AreThoseOfTheDefinition()
    {
        VocabularyTokenizer sut = Tokenizers.Create(SampleSentencePieces.Define("llama", ("a", 0)));

        Assert.True(sut.AddBos && sut.AddsSpacePrefix);
        Assert.Equal([2], sut.EndIds);
        Assert.Equal(261, sut.VocabularySize);
        Assert.Equal("<0x80>", sut.TokenText(FirstByte + 0x80));
        Assert.Equal("A", sut.TokenText(FirstByte + 0x41));
        Assert.True(sut.IsAdded(Think) && !sut.IsSpecial(Think) && sut.IsSpecial(1) && !sut.IsAdded(FirstByte));
    }

    [Fact]
    public void Fingerprint_ScoresAndPrefix_Count()
    {
        TokenizerDefinition definition = SampleSentencePieces.Define("llama", ("a", -1), ("b", -2));

        Assert.NotEqual(definition.ComputeFingerprint(), SampleSentencePieces.Define("llama", ("a", -2), ("b", -1)).ComputeFingerprint());
        Assert.NotEqual(definition.ComputeFingerprint(), (definition with { AddSpacePrefix = false }).ComputeFingerprint());
        Assert.Equal(definition.ComputeFingerprint(), VocabularyPadding.PadTo(definition, 300).ComputeFingerprint());
    }

    /// <summary>Merges by trying all pairs, over and over.</summary>
    private static List<string> Slowly(TokenizerDefinition definition, string text)
    {
        Dictionary<string, float> scores = [];
        for (int id = FirstOrdinary; id < definition.Tokens.Count; id++)
        {
            scores.TryAdd(definition.Tokens[id], definition.Scores[id]);
        }

        List<string> pieces = [.. text.Select(unit => unit.ToString())];
        while (true)
        {
            int best = -1;
            for (int i = 0; i + 1 < pieces.Count; i++)
            {
                if (scores.TryGetValue(pieces[i] + pieces[i + 1], out float score) && (best < 0 || score > scores[pieces[best] + pieces[best + 1]]))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                return pieces;
            }

            pieces[best] += pieces[best + 1];
            pieces.RemoveAt(best + 1);
        }
    }
}
