namespace Agents.Training.Divergence;

/// <summary>How far two policies are apart on tokens of the first one, per token with r = first − second (papers/00-grpo-baseline §2.3).</summary>
/// <param name="Tokens">Tokens compared.</param>
/// <param name="K1">Mean of r: an unbiased estimate of KL(first ‖ second) that may be negative.</param>
/// <param name="K2">Mean of r²/2.</param>
/// <param name="K3">Mean of e^−r + r − 1: unbiased and never negative.</param>
/// <param name="MaximumRatio">Largest probability ratio in either direction, e^max|r|; 1 for equal policies.</param>
/// <param name="EffectiveSampleShare">(Σw)² / (n·Σw²) of the importance weights w = e^−r; 1 for equal policies.</param>
public readonly record struct DivergenceReport(long Tokens, double K1, double K2, double K3, double MaximumRatio, double EffectiveSampleShare);
