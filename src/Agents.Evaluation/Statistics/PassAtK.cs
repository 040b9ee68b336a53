namespace Agents.Evaluation.Statistics;

/// <summary>Unbiased chance that at least one of k samples is right, from n samples of which c are (Chen et al., 2021).</summary>
public static class PassAtK
{
    /// <summary>Computes 1 − C(n−c, k) / C(n, k) without large numbers.</summary>
    /// <param name="samples">n, the samples drawn.</param>
    /// <param name="correct">c, how many of them are right.</param>
    /// <param name="k">Samples allowed, 1 to n.</param>
    public static double Estimate(int samples, int correct, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, samples);
        if (samples - correct < k)
        {
            return 1;
        }

        double allWrong = 1;
        for (int i = samples - correct + 1; i <= samples; i++)
        {
            allWrong *= 1 - (k / (double)i);
        }

        return 1 - allWrong;
    }
}
