namespace Agents.Models.Sampling;

/// <summary>Keeps the shortest run of most likely tokens whose probabilities add up to at least the given mass.</summary>
/// <param name="mass">In (0, 1).</param>
public sealed class TopPStage(double mass) : ISamplingStage
{
    private const int FirstSorted = 256;

    /// <inheritdoc/>
    public void Apply(CandidateSet candidates, ReadOnlySpan<int> recent)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        double logSum = candidates.LogSumExp();

        candidates.KeepAtLeast(LeastLogit(logSum, mass, candidates.Count));
        double cumulative = 0;
        int sorted = 0;
        while (sorted < candidates.Count)
        {
            // Few tokens hold most of the mass as a rule; the rest is sorted only as far as it must be.
            int wanted = Math.Min(candidates.Count, Math.Max(FirstSorted, 4 * sorted));
            candidates.SortLargest(sorted, wanted);
            Span<Candidate> items = candidates.Items;
            for (; sorted < wanted; sorted++)
            {
                cumulative += Math.Exp(items[sorted].Logit - logSum);
                if (cumulative >= mass)
                {
                    candidates.Keep(sorted + 1);
                    return;
                }
            }
        }
    }

    /// <summary>A logit below which nothing is kept: tokens below (1 − mass) / count hold less than 1 − mass together, so the run never reaches them; halved against rounding.</summary>
    internal static double LeastLogit(double logSum, double mass, int count) => logSum + Math.Log((1 - mass) / (2.0 * count));
}
