using Agents.Reasoning;
using Agents.Tracing;

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
            Details = Figures(("candidates", candidates.Count), ("distinct", vote.Distinct), ("agreement", vote.Agreement)),
        };
    }

    /// <summary>Returns figures of one strategy as the details of an answer.</summary>
    /// <param name="figures">Names, each once, and values.</param>
    public static FactDictionary<object?> Figures(params ReadOnlySpan<(string Name, object? Value)> figures)
    {
        var details = new KeyValuePair<string, object?>[figures.Length];
        for (int i = 0; i < details.Length; i++)
        {
            details[i] = new(figures[i].Name, figures[i].Value);
        }

        return new FactDictionary<object?>(details);
    }

    /// <summary>Adds figures of one strategy.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="figures">Names and values.</param>
    public static ReasoningAnswer With(this ReasoningAnswer answer, params ReadOnlySpan<(string Name, object? Value)> figures)
    {
        var details = new KeyValuePair<string, object?>[answer.Details.Count + figures.Length];
        int count = answer.Details.Count;
        if (answer.Details is FactDictionary<object?> facts)
        {
            facts.Entries.CopyTo(details);
        }
        else
        {
            answer.Details.ToArray().CopyTo(details, 0);
        }

        foreach ((string name, object? value) in figures)
        {
            int at = FactDictionary<object?>.IndexOf(details.AsSpan(0, count), name);
            details[at >= 0 ? at : count++] = new(name, value);
        }

        return answer with { Details = new FactDictionary<object?>(details.AsMemory(0, count)) };
    }
}
