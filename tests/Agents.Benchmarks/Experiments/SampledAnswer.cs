namespace Agents.Benchmarks.Experiments;

/// <summary>One sampled answer.</summary>
/// <param name="Prompt">Tokens of the prompt.</param>
/// <param name="TokenIds">Sampled tokens, the end token included when it was sampled.</param>
/// <param name="LogProbabilities">Log-probability of each token as it was drawn.</param>
/// <param name="IsRight">Whether the verifier accepts it.</param>
internal sealed record SampledAnswer(int[] Prompt, int[] TokenIds, float[] LogProbabilities, bool IsRight);
