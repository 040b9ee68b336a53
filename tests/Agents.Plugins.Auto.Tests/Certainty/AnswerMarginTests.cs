using Agents.Plugins.Auto.Certainty;
using Agents.Plugins.Auto.Tests.Strategies;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Auto.Tests.Certainty;

public sealed class AnswerMarginTests
{
    [Fact]
    public void Of_TokensOfTheAnswerAlone_Count()
    {
        // Unsure words before the answer; the answer itself has .9 and .8, so its margins are at least .8 and .6.
        ChatResponse response = Response("maybe 42", .1, .1, .1, .1, .1, .1, .9, .8);

        Assert.Equal(.6, AnswerMargin.Of(response, "42", CharacterTokenizer.Instance)!.Value, 5);
        Assert.Equal(-.8, AnswerMargin.Of(response, null, CharacterTokenizer.Instance)!.Value, 5);
        Assert.Equal(-.8, AnswerMargin.Of(response, "42", null)!.Value, 5);
    }

    [Theory]
    [InlineData("4 or 4", "4", 5, 6)]
    [InlineData("so 12 it is", "12", 3, 5)]
    [InlineData("nothing", "5", 0, 7)]
    [InlineData("nothing", "", 0, 7)]
    public void Span_IsTheLastOccurrenceOrEverything(string text, string answer, int start, int end) =>
        Assert.Equal((start, end), AnswerMargin.Span(CharacterTokenizer.Instance.Encode(text), answer, CharacterTokenizer.Instance));

    [Fact]
    public void Of_WithoutRecord_IsUnknown() => Assert.Null(AnswerMargin.Of(new ChatResponse(new ChatMessage(ChatRole.Assistant, "5")), "5", CharacterTokenizer.Instance));

    private static ChatResponse Response(string text, params double[] probabilities) => new(new ChatMessage(ChatRole.Assistant, text))
    {
        AdditionalProperties = new()
        {
            [GenerationRecord.PropertyName] = MarginClient.Record(CharacterTokenizer.Instance.Encode(text), [.. probabilities.Select(probability => (float)Math.Log(probability))]),
        },
    };
}
