namespace Agents.Numerics.Kernels;

/// <summary>What a loss may know about one target token, at the row's temperature. Natural logarithms.</summary>
/// <param name="LogProbability">Log-probability of the target.</param>
/// <param name="LogSumExp">Log of the partition function over the tempered logits.</param>
/// <param name="ChosenLogit">Tempered logit of the target.</param>
/// <param name="Entropy">Entropy of the full distribution in nats.</param>
public readonly record struct TokenStatistic(double LogProbability, double LogSumExp, double ChosenLogit, double Entropy);
