namespace Agents.Numerics.Kernels;

/// <summary>Constants of one AdamW update (papers/00-model-architecture §6).</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled decay, applied to the old value.</param>
/// <param name="GradientScale">Factor on every gradient (clipping).</param>
/// <param name="Step">Number of this update, from 1; sets the bias correction.</param>
public readonly record struct AdamWStep(
    double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay, double GradientScale, long Step);
