namespace Agents.Models.Sampling;

/// <summary>Weakens recent tokens: a positive logit is divided by the factor, any other multiplied.</summary>
/// <param name="factor">Positive; above 1 weakens.</param>
public sealed class RepetitionPenaltyStage(double factor) : ISamplingStage
{
    /// <inheritdoc/>
    public void Apply(CandidateSet candidates, ReadOnlySpan<int> recent)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        Span<Candidate> items = candidates.Items;
        for (int i = 0; i < items.Length; i++)
        {
            if (recent.Contains(items[i].Id))
            {
                double logit = items[i].Logit;
                candidates.SetLogit(i, logit > 0 ? logit / factor : logit * factor);
            }
        }
    }
}
