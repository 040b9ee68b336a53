namespace Agents.Training.Optimization;

/// <summary>Settings of AdamW with decoupled decay and clipping by the global norm (papers/00-model-architecture §6).</summary>
public sealed record AdamWOptions
{
    /// <summary>Gets the decay of the first moment. Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Gets the decay of the second moment. Default 0.95 (pre-training); fine-tuning and reinforcement learning use 0.999.</summary>
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Gets the number added to the root of the second moment. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Gets the decay of matrices. Default 0.1; norms and biases never decay.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Gets whether the token embedding decays too (and with it a tied head). Default false.</summary>
    public bool DecayEmbedding { get; init; }

    /// <summary>Gets the largest global gradient norm; larger gradients are scaled down. Default 1; infinity switches clipping off.</summary>
    public double MaximumGradientNorm { get; init; } = 1;

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (Beta1 is not (>= 0 and < 1))
        {
            broken.Add($"beta1 {Beta1} must lie in [0, 1)");
        }

        if (Beta2 is not (>= 0 and < 1))
        {
            broken.Add($"beta2 {Beta2} must lie in [0, 1)");
        }

        if (!(Epsilon > 0))
        {
            broken.Add($"epsilon {Epsilon} must be positive");
        }

        if (!(WeightDecay >= 0))
        {
            broken.Add($"weight decay {WeightDecay} must not be negative");
        }

        if (!(MaximumGradientNorm > 0))
        {
            broken.Add($"the largest gradient norm {MaximumGradientNorm} must be positive");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The AdamW settings are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
