namespace Agents.Evaluation.Statistics;

/// <summary>The smallest true effect that a test of a given size would find with a given power: printed beside every verdict.</summary>
public static class MinimumDetectableEffect
{
    /// <summary>Smallest change of one accuracy against a known value (normal approximation at that value).</summary>
    /// <param name="count">Number of questions.</param>
    /// <param name="accuracy">The known value in [0, 1].</param>
    /// <param name="alpha">Two-sided level.</param>
    /// <param name="power">Wanted power.</param>
    public static double OfSingle(int count, double accuracy, double alpha = 0.05, double power = 0.8)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        CheckShare(accuracy, nameof(accuracy));
        return (Level(alpha) + NormalDistribution.Quantile(power)) * Math.Sqrt(accuracy * (1 - accuracy) / count);
    }

    /// <summary>
    /// Smallest difference of two methods on the same questions: inverts Connor's sample size
    /// n = (z₁₋α⸝₂ √ψ + z_power √(ψ − d²))² / d², where ψ is the share of questions on which the methods disagree.
    /// </summary>
    /// <param name="count">Number of questions.</param>
    /// <param name="disagreement">Share of questions on which exactly one method is right, in [0, 1].</param>
    /// <param name="alpha">Two-sided level.</param>
    /// <param name="power">Wanted power.</param>
    /// <returns>The difference; at most 1, which also stands for "none detectable".</returns>
    public static double OfPaired(int count, double disagreement, double alpha = 0.05, double power = 0.8)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        CheckShare(disagreement, nameof(disagreement));
        double level = Level(alpha);
        double strength = NormalDistribution.Quantile(power);

        // With few disagreements the share itself bounds the difference; then more disagreement would be needed to see anything.
        double low = 0;
        double high = 1;
        for (int i = 0; i < 60; i++)
        {
            double middle = 0.5 * (low + high);
            double share = Math.Max(disagreement, middle);
            double needed = ((level * Math.Sqrt(share)) + (strength * Math.Sqrt(Math.Max(share - (middle * middle), 0)))) / middle;
            if (needed * needed > count)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    private static double Level(double alpha) => NormalDistribution.Quantile(1 - (alpha / 2));

    private static void CheckShare(double value, string name)
    {
        if (!(value is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "Must lie in [0, 1].");
        }
    }
}
