namespace Agents.Models.Sampling;

/// <summary>Keeps the shortest run of most likely tokens whose probabilities add up to at least the given mass.</summary>
/// <param name="mass">In (0, 1).</param>
public sealed class TopPStage(double mass) : ISamplingStage
{
    /// <inheritdoc/>
    public void Apply(CandidateSet candidates, ReadOnlySpan<int> recent)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        double logSum = candidates.LogSumExp();

        candidates.KeepAtLeast(LeastLogit(logSum, mass, candidates.Count));
        candidates.SortDescending();
        Span<Candidate> items = candidates.Items;
        double cumulative = 0;
        for (int i = 0; i < items.Length; i++)
        {
            cumulative += Math.Exp(items[i].Logit - logSum);
            if (cumulative >= mass)
            {
                candidates.Keep(i + 1);
                return;
            }
        }
    }

    /// <summary>A logit below which nothing is kept: tokens below (1 − mass) / count hold less than 1 − mass together, so the run never reaches them; halved against rounding.</summary>
    internal static double LeastLogit(double logSum, double mass, int count) => logSum + Math.Log((1 - mass) / (2.0 * count));
}
