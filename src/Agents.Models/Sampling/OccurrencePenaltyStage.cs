namespace Agents.Models.Sampling;

/// <summary>Subtracts an amount per recent occurrence of a token, and another one for any occurrence.</summary>
/// <param name="frequency">Amount per occurrence.</param>
/// <param name="presence">Amount once.</param>
public sealed class OccurrencePenaltyStage(double frequency, double presence) : ISamplingStage
{
    /// <inheritdoc/>
    public void Apply(CandidateSet candidates, ReadOnlySpan<int> recent)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        Span<Candidate> items = candidates.Items;
        for (int i = 0; i < items.Length; i++)
        {
            int count = recent.Count(items[i].Id);
            if (count > 0)
            {
                candidates.SetLogit(i, items[i].Logit - (count * frequency) - presence);
            }
        }
    }
}
