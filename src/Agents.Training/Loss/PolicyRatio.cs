namespace Agents.Training.Loss;

/// <summary>Probability ratios between the trained policy and the one that sampled, kept finite.</summary>
internal static class PolicyRatio
{
    /// <summary>Largest log-ratio that is exponentiated (verl).</summary>
    public const double Limit = 20;

    /// <summary>Returns e^min(max(logRatio, −20), 20).</summary>
    public static double Of(double logRatio) => Math.Exp(Math.Clamp(logRatio, -Limit, Limit));

    /// <summary>Returns whether the ratio still follows the log-ratio.</summary>
    public static bool Moves(double logRatio) => logRatio is > -Limit and < Limit;
}
