using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class CanonicalCompositionTests
{
    [Theory]
    [InlineData("plain ASCII", "plain ASCII")]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("A\u030A \u212B \u2126", "\u00C5 \u00C5 \u03A9")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("a\u0328\u0301\u0300", "\u0105\u0301\u0300")]
    [InlineData("s\u0323\u0307", "\u1E69")]
    [InlineData("s\u0307\u0323", "\u1E69")]
    [InlineData("\u1100\u1161\u11A8 \uAC00\u11A8 \uD55C", "\uAC01 \uAC01 \uD55C")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("\uF900", "\u8C48")]
    [InlineData("a\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315b")]
    [InlineData("\u0B47\u0B3E \u0B47\u0300\u0B3E", "\u0B4B \u0B47\u0300\u0B3E")]
    [InlineData("ﬁ ½ ²", "ﬁ ½ ²")]
    public void Compose_Samples_AreInFormC(string text, string expected)
    {
        Assert.Equal(expected, CanonicalComposition.Compose(text));
        Assert.Equal(expected, CanonicalComposition.Compose(expected));
        Assert.True(text == expected || !CanonicalComposition.IsComposed(text));
    }

    [Fact]
    public void IsComposed_TrueAnswers_AreRight()
    {
        SampleStream stream = new(2);
        int composed = 0;
        for (int i = 0; i < 3000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, 4).Select(_ => (string[])["e", "\u0301", "\u00E9", "\u1100", "\u1161", "가", "中", "ñ", "\u0323"]).Select(parts => parts[stream.NextInt(9)]));
            if (CanonicalComposition.IsComposed(text))
            {
                composed++;
                Assert.Equal(text, CanonicalComposition.Compose(text));
            }
        }

        Assert.InRange(composed, 1, 2999);
    }

    [Fact]
    public void Encode_FileThatAsksForFormC_SeesComposedText()
    {
        TokenizerDefinition definition = SampleTokenizers.Trained(PreSplitter.Qwen2) with { Normalization = "NFC" };
        BytePairTokenizer sut = new(definition);

        Assert.Equal(sut.Encode("\u00E9"), sut.Encode("e\u0301"));
        Assert.NotEqual(sut.Encode("e\u0301"), new BytePairTokenizer(definition with { Normalization = null }).Encode("e\u0301"));
    }
}
