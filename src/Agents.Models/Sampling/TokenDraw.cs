namespace Agents.Models.Sampling;

/// <summary>A drawn token. Natural logarithms.</summary>
/// <param name="Id">Token id.</param>
/// <param name="BehaviorLogProbability">Log-probability under the distribution drawn from; 0 for greedy decoding.</param>
/// <param name="PlainLogProbability">Log-probability under the plain softmax.</param>
/// <param name="KeptMass">Share of the tempered distribution that truncation and a constraint kept; 1 without either and for greedy decoding.</param>
/// <param name="PlainLogSumExp">Log of the plain partition function, from which other tokens' log-probabilities follow.</param>
public readonly record struct TokenDraw(
    int Id, double BehaviorLogProbability, double PlainLogProbability, double KeptMass, double PlainLogSumExp);
