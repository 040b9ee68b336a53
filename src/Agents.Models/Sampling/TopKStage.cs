namespace Agents.Models.Sampling;

/// <summary>Keeps the most likely tokens; of equally likely ones those with the smaller ids.</summary>
/// <param name="count">Number to keep.</param>
public sealed class TopKStage(int count) : ISamplingStage
{
    /// <inheritdoc/>
    public void Apply(CandidateSet candidates, ReadOnlySpan<int> recent)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (count < candidates.Count)
        {
            candidates.KeepLargest(count);
            candidates.SortDescending();
        }
    }
}
