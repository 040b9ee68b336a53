using System.Text;
using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class PreSplitterTests
{
    private const string Sample = "Hello world!  It's 12345\n\n  x_1 = foo(3.14)\tI'LL";

    public static TheoryData<string> Names => ["gpt-2", "llama-bpe", "qwen2"];

    [Fact]
    public void Split_Gpt2Sample_IsTheReferenceVector() => Assert.Equal(
        ["Hello", " world", "!", " ", " It", "'s", " 12345", "\n\n ", " x", "_", "1", " =", " foo", "(", "3", ".", "14", ")", "\t", "I", "'", "LL"],
        PreSplitter.Gpt2.Split(Sample));

    [Fact]
    public void Split_Llama3Sample_IsTheReferenceVector() => Assert.Equal(
        ["Hello", " world", "!", " ", " It", "'s", " ", "123", "45", "\n\n", " ", " x", "_", "1", " =", " foo", "(", "3", ".", "14", ")", "\tI", "'LL"],
        PreSplitter.Llama3.Split(Sample));

    [Fact]
    public void Split_Qwen2Sample_IsTheReferenceVector() => Assert.Equal(
        [
            "Hello", " world", "!", " ", " It", "'s", " ", "1", "2", "3", "4", "5", "\n\n", " ", " x", "_", "1", " =", " foo", "(", "3", ".", "1", "4", ")",
            "\tI", "'LL",
        ],
        PreSplitter.Qwen2.Split(Sample));

    [Theory]
    [InlineData("gpt-2", "don't we'll I've", "don|'t| we|'ll| I|'ve")]
    [InlineData("gpt-2", "'S'x '", "'|S|'|x| '")]
    [InlineData("gpt-2", "a \u00A0 b", "a| \u00A0| b")]
    [InlineData("gpt-2", "x\r\n\r\n", "x|\r\n\r\n")]
    [InlineData("gpt-2", " ", " ")]
    [InlineData("gpt-2", " ½²Ⅷ", " ½²Ⅷ")]
    [InlineData("gpt-2", "\u3000x", "\u3000|x")]
    [InlineData("llama-bpe", "HE'S 'Tis", "HE|'S| '|Tis")]
    [InlineData("llama-bpe", "a.\r\n\r\nb", "a|.\r\n\r\n|b")]
    [InlineData("llama-bpe", "1234567", "123|456|7")]
    [InlineData("llama-bpe", " \n \n  x", " \n \n| | x")]
    [InlineData("llama-bpe", "\u00A0été", "\u00A0été")]
    [InlineData("llama-bpe", "  \t", "  \t")]
    [InlineData("llama-bpe", "\nabc", "\n|abc")]
    [InlineData("llama-bpe", "$abc $ $$x", "$abc| $| $$|x")]
    [InlineData("llama-bpe", "it'\u017F", "it|'\u017F")]
    [InlineData("qwen2", "７8", "７|8")]
    [InlineData("qwen2", "e\u0301a", "e|\u0301a")]
    public void Split_EdgeCases_FollowThePattern(string name, string text, string pieces) =>
        Assert.Equal(pieces.Split('|'), PreSplitter.ForName(name).Split(text));

    [Fact]
    public void Split_AstralLettersAndDigits_AreLettersAndDigits()
    {
        string letters = string.Concat(Enumerable.Range(0x1D41A, 3).Select(char.ConvertFromUtf32));
        string digits = string.Concat(Enumerable.Range(0x1D7CE, 4).Select(char.ConvertFromUtf32));

        Assert.Equal([" " + letters, digits], PreSplitter.Gpt2.Split(" " + letters + digits));
        Assert.Equal([letters, digits[..6], digits[6..]], PreSplitter.Llama3.Split(letters + digits));
        Assert.Equal(4, PreSplitter.Qwen2.Split(digits).Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Split_MixedText_AgreesWithTheRegularExpression(string name)
    {
        // Regular expressions see UTF-16 units, so the comparison is for the basic plane; their \s lacks nothing there.
        PreSplitter splitter = PreSplitter.ForName(name);
        System.Text.RegularExpressions.Regex pattern = new(splitter.Pattern, System.Text.RegularExpressions.RegexOptions.CultureInvariant);
        for (ulong seed = 0; seed < 300; seed++)
        {
            string text = new string([.. new CountedNumbers(seed).Text(40).Where(unit => !char.IsSurrogate(unit))]);

            Assert.Equal(pattern.Matches(text).Select(match => match.Value), splitter.Split(text));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Split_LoneSurrogates_LoseNothing(string name)
    {
        const string text = "a\uD83D b\uDE00\uD83D\uD83D\uDE00'";

        Assert.Equal(text, string.Concat(PreSplitter.ForName(name).Split(text)));
    }

    [Fact]
    public void Classify_AllCodePoints_SpacesAreWhiteSpaceProperty()
    {
        int[] expected =
        [
            9, 10, 11, 12, 13, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A,
            0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
        ];
        List<int> spaces = [];
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            // Followed by a newline at the end of the text, exactly a space forms one piece with it.
            if (Rune.IsValid(value) && PreSplitter.Gpt2.NextLength(char.ConvertFromUtf32(value) + "\n") == char.ConvertFromUtf32(value).Length + 1)
            {
                spaces.Add(value);
            }
        }

        Assert.Equal(expected, spaces);
    }

    [Theory]
    [InlineData("deepseek-v3")]
    [InlineData("GPT-2")]
    public void ForName_UnknownName_SaysWhatIsKnown(string name)
    {
        TokenizerException error = Assert.Throws<TokenizerException>(() => PreSplitter.ForName(name));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("qwen2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ForName_Missing_IsGpt2() => Assert.Same(PreSplitter.Gpt2, PreSplitter.ForName(null));
}
