namespace Agents.Models.Sampling;

/// <summary>Weakens recent tokens: a positive logit is divided by the factor, any other multiplied.</summary>
/// <param name="factor">Positive; above 1 weakens.</param>
public sealed class RepetitionPenaltyStage(double factor) : ISamplingStage
{
    /// <inheritdoc/>
    public void Apply(CandidateSet candidates, ReadOnlySpan<int> recent)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        for (int i = 0; i < recent.Length; i++)
        {
            int index = recent[..i].Contains(recent[i]) ? -1 : candidates.IndexOf(recent[i]);
            if (index >= 0)
            {
                double logit = candidates.Items[index].Logit;
                candidates.SetLogit(index, logit > 0 ? logit / factor : logit * factor);
            }
        }
    }
}
