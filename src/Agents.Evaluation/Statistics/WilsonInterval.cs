namespace Agents.Evaluation.Statistics;

/// <summary>The interval for one accuracy (E. B. Wilson, 1927): never leaves [0, 1] and stays honest near its ends.</summary>
public static class WilsonInterval
{
    /// <summary>Computes the interval.</summary>
    /// <param name="correct">Number of right answers.</param>
    /// <param name="count">Number of answers; 0 gives [0, 1].</param>
    /// <param name="confidence">Level in (0, 1).</param>
    public static ConfidenceInterval Of(int correct, int count, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, count);
        double z = NormalDistribution.Quantile(0.5 + (confidence / 2));
        if (count == 0)
        {
            return new ConfidenceInterval(0, 1, confidence);
        }

        double share = correct / (double)count;
        double square = z * z;
        double center = share + (square / (2 * count));
        double spread = z * Math.Sqrt((share * (1 - share) / count) + (square / (4.0 * count * count)));
        double scale = 1 + (square / count);
        return new ConfidenceInterval(
            correct == 0 ? 0 : (center - spread) / scale,
            correct == count ? 1 : (center + spread) / scale,
            confidence);
    }
}
