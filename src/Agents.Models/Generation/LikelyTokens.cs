namespace Agents.Models.Generation;

/// <summary>Finds the most likely tokens of one step.</summary>
internal static class LikelyTokens
{
    /// <summary>Returns the tokens of the largest logits, most likely first; equal ones by ascending id.</summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="logSumExp">Log of the partition function.</param>
    /// <param name="count">How many; fewer when the vocabulary is smaller.</param>
    public static TokenAlternative[] Find(ReadOnlySpan<float> logits, double logSumExp, int count)
    {
        var best = new TokenAlternative[Math.Min(count, logits.Length)];
        int filled = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (filled == best.Length && logits[id] <= logits[best[^1].Id])
            {
                continue;
            }

            int at = filled < best.Length ? filled++ : filled - 1;
            while (at > 0 && logits[id] > logits[best[at - 1].Id])
            {
                best[at] = best[at - 1];
                at--;
            }

            best[at] = new TokenAlternative(id, (float)(logits[id] - logSumExp));
        }

        return best;
    }
}
