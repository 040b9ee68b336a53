using Agents.Strategies.Candidates;
using Agents.Testing;

namespace Agents.Plugins.SelfAggregation.Tests.Candidates;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("Answer: 1", "Answer: 1")]
    [InlineData("<think>is it 2?</think>\nAnswer: 1", "Answer: 1")]
    [InlineData("is it 2?</think>\nAnswer: 1", "Answer: 1")]
    [InlineData("First. <think>a</think>then <think>b</think>Answer: 1", "First. then Answer: 1")]
    [InlineData("Answer: 1 <think>or is it Answer: 2", "Answer: 1")]
    [InlineData("<think>Answer: 2", "")]
    [InlineData("a</think>b</think>c", "c")]
    [InlineData("<think></think>", "")]
    [InlineData("", "")]
    public void Of_Thinking_IsRemoved(string text, string visible) => Assert.Equal(visible, VisibleText.Of(text));

    [Fact]
    public void Shortened_LongText_KeepsBeginningAndLastLine()
    {
        string text = $"Begin. {string.Join(' ', Enumerable.Repeat("filler", 200))}\nAnswer: 12345";

        string shortened = VisibleText.Shortened(text, 20, null);

        Assert.StartsWith("Begin. ", shortened, StringComparison.Ordinal);
        Assert.EndsWith("\nAnswer: 12345", shortened, StringComparison.Ordinal);
        Assert.Contains("\n[...]\n", shortened, StringComparison.Ordinal);
        Assert.InRange(VisibleText.Count(shortened, null), 10, 20);
    }

    [Fact]
    public void Shortened_TextThatFits_StaysWhole() => Assert.Equal("12345678", VisibleText.Shortened("12345678", 2, null));

    [Fact]
    public void Shortened_CharactersOfTwoUnits_AreNotCutApart()
    {
        foreach (int limit in Enumerable.Range(4, 40))
        {
            string shortened = VisibleText.Shortened(string.Concat(Enumerable.Repeat("\U0001F600", 201)), limit, null);

            Assert.Equal(shortened, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(shortened)));
        }
    }

    [Fact]
    public void Shortened_OneTokenPerCharacter_KeepsTheLimit() =>
        Assert.Equal(32, VisibleText.Shortened(new string('x', 500), 32, CharacterTokenizer.Instance).Length);
}
