namespace Agents.Models;

/// <summary>What one step's whole next-token distribution looks like: the plain softmax of the logits, before temperature and truncation.</summary>
/// <param name="Entropy">Σ −p·ln p in nat, which is the mean surprisal.</param>
/// <param name="SurprisalVariance">Variance of the surprisal −ln p under p, in nat².</param>
/// <param name="LargestLogProbability">ln p of the most likely token.</param>
public readonly record struct DistributionStatistics(double Entropy, double SurprisalVariance, double LargestLogProbability);
