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
        for (int i = 0; i < recent.Length; i++)
        {
            int index = recent[..i].Contains(recent[i]) ? -1 : candidates.IndexOf(recent[i]);
            if (index >= 0)
            {
                candidates.SetLogit(index, candidates.Items[index].Logit - (recent.Count(recent[i]) * frequency) - presence);
            }
        }
    }
}
