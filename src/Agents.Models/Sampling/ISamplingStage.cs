namespace Agents.Models.Sampling;

/// <summary>One step of the sampling chain (papers/00-model-architecture §11). Changes logits or removes candidates, never all of them. Not safe for concurrent calls.</summary>
public interface ISamplingStage
{
    /// <summary>Applies the step.</summary>
    /// <param name="candidates">The tokens that may still be drawn.</param>
    /// <param name="recent">Latest tokens of prompt and completion, oldest first, as many as the penalty window.</param>
    void Apply(CandidateSet candidates, ReadOnlySpan<int> recent);
}
