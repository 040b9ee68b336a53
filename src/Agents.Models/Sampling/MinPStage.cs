namespace Agents.Models.Sampling;

/// <summary>Keeps tokens whose probability is at least a share of the most likely token's.</summary>
/// <param name="share">In (0, 1).</param>
public sealed class MinPStage(double share) : ISamplingStage
{
    /// <inheritdoc/>
    public void Apply(CandidateSet candidates, ReadOnlySpan<int> recent)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        candidates.KeepAtLeast(candidates.Maximum() + Math.Log(share));
    }
}
