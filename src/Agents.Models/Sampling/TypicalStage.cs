namespace Agents.Models.Sampling;

/// <summary>
/// Locally typical sampling: tokens in the order of |−ln p − H|, the distance of their surprise from the entropy, until their mass reaches the given one.
/// </summary>
/// <param name="mass">In (0, 1).</param>
public sealed class TypicalStage(double mass) : ISamplingStage
{
    /// <inheritdoc/>
    public void Apply(CandidateSet candidates, ReadOnlySpan<int> recent)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        double logSum = candidates.LogSumExp();
        Span<Candidate> items = candidates.Items;
        double entropy = 0;
        foreach (Candidate item in items)
        {
            double logProbability = item.Logit - logSum;
            entropy -= Math.Exp(logProbability) * logProbability;
        }

        Span<Candidate> order = candidates.Scratch;
        for (int i = 0; i < items.Length; i++)
        {
            order[i] = new Candidate(-Math.Abs(logSum - items[i].Logit - entropy), i);
        }

        order.Sort();
        double cumulative = 0;
        for (int i = 0; i < order.Length; i++)
        {
            cumulative += Math.Exp(items[order[i].Id].Logit - logSum);
            if (cumulative >= mass || i == order.Length - 1)
            {
                candidates.KeepIndices(order[..(i + 1)]);
                return;
            }
        }
    }
}
