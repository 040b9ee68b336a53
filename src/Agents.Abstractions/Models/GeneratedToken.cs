namespace Agents.Models;

/// <summary>One token of one sample, in the order of decode steps.</summary>
/// <param name="Sample">Index of the sample, counted over all prompts of the request.</param>
/// <param name="Id">Token id.</param>
/// <param name="BehaviorLogProbability">Log-probability under the distribution drawn from.</param>
/// <param name="PlainLogProbability">Log-probability under the plain softmax.</param>
/// <param name="KeptMass">Share of the tempered distribution that truncation kept.</param>
/// <param name="Finish">Why the sample ends with this token; <see cref="GenerationFinish.None"/> while it goes on.</param>
public readonly record struct GeneratedToken(
    int Sample, int Id, float BehaviorLogProbability, float PlainLogProbability, float KeptMass, GenerationFinish Finish)
{
    /// <summary>Gets the most likely alternatives, most likely first; empty unless asked for.</summary>
    public IReadOnlyList<TokenAlternative> Alternatives { get; init; } = [];

    /// <summary>Gets the statistics of the distribution the token was drawn from; null unless asked for.</summary>
    public DistributionStatistics? Statistics { get; init; }
}
