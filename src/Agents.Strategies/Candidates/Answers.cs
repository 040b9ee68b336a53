using Agents.Reasoning;

namespace Agents.Strategies.Candidates;

/// <summary>Turns a chosen or written candidate into an answer with the figures that every strategy here reports.</summary>
public static class Answers
{
    /// <summary>Creates the answer: by default the winner of the vote, or the first candidate where none has an answer.</summary>
    /// <param name="vote">The vote over the candidates.</param>
    /// <param name="candidates">All candidates.</param>
    /// <param name="chosen">The candidate whose message is the answer; null for the winner of the vote.</param>
    public static ReasoningAnswer Of(Vote vote, IReadOnlyList<Candidate> candidates, Candidate? chosen = null)
    {
        Candidate answer = chosen ?? vote.Winner ?? candidates[0];
        return new ReasoningAnswer(answer.Message)
        {
            FinalAnswer = answer.FinalAnswer,
            Details = new Dictionary<string, object?>
            {
                ["candidates"] = candidates.Count,
                ["distinct"] = vote.Distinct,
                ["agreement"] = vote.Agreement,
            },
        };
    }

    /// <summary>Adds figures of one strategy.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="figures">Names and values.</param>
    public static ReasoningAnswer With(this ReasoningAnswer answer, params ReadOnlySpan<(string Name, object? Value)> figures)
    {
        var details = new Dictionary<string, object?>(answer.Details);
        foreach ((string name, object? value) in figures)
        {
            details[name] = value;
        }

        return answer with { Details = details };
    }
}
