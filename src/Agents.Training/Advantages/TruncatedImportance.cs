namespace Agents.Training.Advantages;

/// <summary>
/// Correction for samples from other weights or kernels (lagged, quantized): e^(trainer − sampler) per token, never above a cap, so that single tokens cannot dominate.
/// With the embedded engine and the same weights it is exactly 1.
/// </summary>
/// <param name="Cap">Largest weight. Default 2.</param>
public sealed record TruncatedImportance(double Cap = 2)
{
    /// <summary>Returns the weight of a token.</summary>
    /// <param name="trainer">Log-probability under the trainer at sampling time.</param>
    /// <param name="sampler">Log-probability that the sampler reported.</param>
    public double Of(double trainer, double sampler)
    {
        if (!(Cap >= 1))
        {
            throw new ArgumentException($"The cap {Cap} must be at least 1.");
        }

        return Math.Min(Math.Exp(Math.Min(trainer - sampler, 50)), Cap);
    }
}
