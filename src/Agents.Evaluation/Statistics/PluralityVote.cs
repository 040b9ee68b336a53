using Agents.Verification;

namespace Agents.Evaluation.Statistics;

/// <summary>Plurality by the product's one convention: canonicalise, drop invalid answers, most votes win, the earliest wins ties.</summary>
public static class PluralityVote
{
    /// <summary>Counts whole answers.</summary>
    /// <param name="answers">Extracted answers in sampling order; null or blank where there is none.</param>
    /// <param name="format">Says which answers are the same.</param>
    /// <returns>The outcome, or null when nobody voted.</returns>
    public static VoteResult? Count(IReadOnlyList<string?> answers, IAnswerFormat format)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(format);
        var votes = new Dictionary<string, (int First, int Count)>(StringComparer.Ordinal);
        int valid = 0;
        for (int i = 0; i < answers.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(answers[i]))
            {
                continue;
            }

            valid++;
            string answer = format.Canonicalize(answers[i]!);
            votes[answer] = votes.TryGetValue(answer, out (int First, int Count) known) ? (known.First, known.Count + 1) : (i, 1);
        }

        if (valid == 0)
        {
            return null;
        }

        KeyValuePair<string, (int First, int Count)> winner = votes.OrderByDescending(vote => vote.Value.Count).ThenBy(vote => vote.Value.First).First();
        return new VoteResult(winner.Value.First, winner.Key, winner.Value.Count, valid, answers.Count);
    }

    /// <summary>Counts every slot on its own: the ideal synthesiser of answers with several slots.</summary>
    /// <param name="candidates">Slots of each candidate in sampling order; all of the same length, at least one candidate.</param>
    /// <returns>The winner of every slot.</returns>
    public static IReadOnlyList<string> CountPerSlot(IReadOnlyList<IReadOnlyList<string>> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentOutOfRangeException.ThrowIfZero(candidates.Count, nameof(candidates));
        int slots = candidates[0].Count;
        if (candidates.Any(candidate => candidate.Count != slots))
        {
            throw new ArgumentException("All candidates must have the same number of slots.", nameof(candidates));
        }

        var winners = new string[slots];
        for (int slot = 0; slot < slots; slot++)
        {
            winners[slot] = candidates.Select(candidate => candidate[slot])
                .GroupBy(value => value, StringComparer.Ordinal)
                .MaxBy(group => group.Count())!.Key;
        }

        return winners;
    }
}
