namespace Agents.Training.Rollouts;

/// <summary>One completion as the sampler drew it.</summary>
/// <param name="TokenIds">The tokens.</param>
/// <param name="LogProbabilities">Log-probability of each under the distribution it was drawn from.</param>
/// <param name="Finish">Why it ended.</param>
public sealed record SampledCompletion(int[] TokenIds, float[] LogProbabilities, GenerationFinish Finish);
