using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class UnigramTokenizerTests
{
    private const int FirstOrdinary = 260;

    [Fact]
    public void Encode_BestSum_IsTaken()
    {
        // "▁abc": ▁ab + c costs 4, ▁a + bc costs 5, ▁ + abc costs 6.
        TokenizerDefinition definition = SampleSentencePieces.Define(
            "t5", ("▁", -3), ("a", -8), ("b", -8), ("c", -2), ("▁a", -2), ("▁ab", -2), ("bc", -3), ("abc", -3));

        Assert.Equal([FirstOrdinary + 5, FirstOrdinary + 3], Tokenizers.Create(definition).Encode("abc"));
        Assert.Equal([FirstOrdinary + 7], Tokenizers.Create(definition with { AddSpacePrefix = false }).Encode("abc"));
    }

    [Fact]
    public void Encode_RandomVocabularies_ReachTheBestSum()
    {
        SampleStream stream = new(9);
        for (ulong seed = 0; seed < 20; seed++)
        {
            TokenizerDefinition definition = SampleSentencePieces.Random("t5", seed);
            VocabularyTokenizer sut = Tokenizers.Create(definition);
            for (int i = 0; i < 50; i++)
            {
                string text = string.Concat(Enumerable.Range(0, 1 + stream.NextInt(15)).Select(_ => "abc "[stream.NextInt(4)]));

                Assert.Equal(BestSum(definition, "▁" + text.Replace(' ', '▁')), sut.Encode(text).Sum(id => (double)definition.Scores[id]), 9);
            }
        }
    }

    [Fact]
    public void Encode_UnknownCharacters_AreOneUnknownToken()
    {
        TokenizerDefinition definition = new()
        {
            Model = "t5",
            Tokens = ["<unk>", "a", "▁"],
            Kinds = [TokenKind.Unknown, TokenKind.Normal, TokenKind.Normal],
            Scores = [0, -1, -1],
            Merges = [],
        };

        Assert.Equal([2, 1, 0, 1], Tokenizers.Create(definition).Encode("aé😀b\u0301a"));
    }

    [Fact]
    public void Encode_SplitAtSpaces_CrossesNone()
    {
        TokenizerDefinition definition = SampleSentencePieces.Define("t5", ("▁", -1), ("a", -1), ("▁a", -1), ("a▁a", -0.1f), ("▁▁", -0.1f));

        Assert.Equal([FirstOrdinary + 2, FirstOrdinary + 2], Tokenizers.Create(definition with { SplitsAtSpaces = true }).Encode("a a"));
        Assert.Equal([FirstOrdinary, FirstOrdinary + 3], Tokenizers.Create(definition).Encode("a a"));
    }

    [Fact]
    public void Constructor_WithoutScores_IsRefused() =>
        Assert.Throws<TokenizerException>(() => Tokenizers.Create(SampleSentencePieces.Define("t5", ("a", 0)) with { Scores = [] }));

    private static double BestSum(TokenizerDefinition definition, string text)
    {
        double[] best = [.. Enumerable.Repeat(double.NegativeInfinity, text.Length + 1)];
        best[0] = 0;
        for (int end = 1; end <= text.Length; end++)
        {
            for (int id = FirstOrdinary; id < definition.Tokens.Count; id++)
            {
                string token = definition.Tokens[id];
                if (token.Length <= end && text.AsSpan(0, end).EndsWith(token))
                {
                    best[end] = Math.Max(best[end], best[end - token.Length] + definition.Scores[id]);
                }
            }
        }

        return best[^1];
    }
}
