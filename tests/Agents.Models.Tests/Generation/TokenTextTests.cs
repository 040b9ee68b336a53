using Agents.Models.Generation;

namespace Agents.Models.Tests.Generation;

public sealed class TokenTextTests
{
    [Theory]
    [InlineData("aab", "aaab", true)]
    [InlineData("abab", "abaabab", true)]
    [InlineData("abc", "ababab", false)]
    [InlineData("é", "cafÃ©", false)]
    public void StopPatterns_ByteByByte_FindWhatIndexOfFinds(string pattern, string text, bool found)
    {
        StopPatterns patterns = new([pattern]);
        var state = new int[1];
        bool hit = false;
        foreach (byte next in System.Text.Encoding.UTF8.GetBytes(text))
        {
            hit |= patterns.Advance(state, [next]);
        }

        Assert.Equal(found, hit);
        Assert.Equal(found, text.Contains(pattern, StringComparison.Ordinal));
    }

    [Fact]
    public void LikelyTokens_Find_OrdersByLogitThenId()
    {
        TokenAlternative[] best = LikelyTokens.Find([1, 3, 2, 3, -1], 0, 3);

        Assert.Equal([1, 3, 2], best.Select(alternative => alternative.Id));
    }
}
