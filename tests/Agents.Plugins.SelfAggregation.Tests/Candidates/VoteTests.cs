using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Candidates;

public sealed class VoteTests
{
    [Theory]
    [InlineData("12,12,15", "12", 0, 2, 2)]
    [InlineData("12,15,18", "12", 0, 1, 3)]
    [InlineData("15,12,12", "12", 1, 2, 2)]
    [InlineData("15,12,12,15", "15", 0, 2, 2)]
    [InlineData("-,-,7", "7", 2, 1, 1)]
    [InlineData("7,-,8,8,-", "8", 2, 2, 2)]
    [InlineData("7", "7", 0, 1, 1)]
    public void Of_Answers_GivesPluralityAndTheEarliestOfTies(string answers, string winner, int index, int votes, int distinct)
    {
        Candidate[] candidates = Candidates(answers);

        Vote vote = Vote.Of(candidates);

        Assert.Equal((winner, index, votes, distinct), (vote.Winner!.Answer, vote.Winner.Index, vote.Votes, vote.Distinct));
        Assert.Equal((double)votes / candidates.Length, vote.Agreement, 15);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-,-")]
    public void Of_NoValidAnswer_HasNoWinner(string answers)
    {
        Vote vote = Vote.Of(Candidates(answers));

        Assert.Null(vote.Winner);
        Assert.Equal((0, 0, 0.0), (vote.Votes, vote.Distinct, vote.Agreement));
    }

    private static Candidate[] Candidates(string answers) =>
        [.. answers.Split(',', StringSplitOptions.RemoveEmptyEntries).Select((answer, index) =>
            new Candidate(index, new ChatResponse(new ChatMessage(ChatRole.Assistant, answer)), answer == "-" ? null : answer, answer == "-" ? null : answer))];
}
