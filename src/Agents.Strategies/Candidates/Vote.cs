namespace Agents.Strategies.Candidates;

/// <summary>Plurality over canonical answers: candidates without an answer do not vote, the earliest wins ties (papers/INDEX §4b).</summary>
/// <param name="Winner">The first candidate that gave the winning answer; null when no candidate has an answer.</param>
/// <param name="Votes">How many candidates gave it.</param>
/// <param name="Candidates">How many candidates there were, invalid ones included.</param>
/// <param name="Distinct">How many different answers there were.</param>
public sealed record Vote(Candidate? Winner, int Votes, int Candidates, int Distinct)
{
    /// <summary>Gets the share of all candidates that gave the winning answer.</summary>
    public double Agreement => Candidates == 0 ? 0 : (double)Votes / Candidates;

    /// <summary>Counts.</summary>
    /// <param name="candidates">Candidates in sampling order.</param>
    public static Vote Of(IReadOnlyList<Candidate> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Candidate candidate in candidates)
        {
            if (candidate.Answer is { } answer)
            {
                counts[answer] = counts.GetValueOrDefault(answer) + 1;
            }
        }

        Candidate? winner = null;
        int votes = 0;
        foreach (Candidate candidate in candidates)
        {
            if (candidate.Answer is { } answer && counts[answer] > votes)
            {
                (winner, votes) = (candidate, counts[answer]);
            }
        }

        return new Vote(winner, votes, candidates.Count, counts.Count);
    }
}
