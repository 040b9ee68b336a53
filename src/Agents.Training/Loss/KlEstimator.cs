namespace Agents.Training.Loss;

/// <summary>Estimators of the divergence from a reference, per token with d = reference − logp (papers/00-grpo-baseline §2.3).</summary>
public enum KlEstimator
{
    /// <summary>−d. Unbiased value; its gradient vanishes in expectation on samples of the trained policy.</summary>
    K1 = 0,

    /// <summary>d²/2. Biased value; its gradient is that of KL(policy ‖ reference).</summary>
    K2 = 1,

    /// <summary>e^d − d − 1. Unbiased value, never negative; its gradient is that of KL(reference ‖ policy).</summary>
    K3 = 2,

    /// <summary>The value of <see cref="K3"/> with the gradient of <see cref="K2"/>.</summary>
    K3WithK2Gradient = 3,
}
