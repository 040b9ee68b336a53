namespace Agents.Evaluation.Statistics;

/// <summary>The exact test for two methods on the same questions: only questions on which they disagree count.</summary>
public static class McNemarTest
{
    /// <summary>Two-sided exact p-value: a binomial test of one half.</summary>
    /// <param name="onlyFirst">Questions that only the first method answered right.</param>
    /// <param name="onlySecond">Questions that only the second method answered right.</param>
    /// <returns>A p-value in (0, 1]; 1 without any disagreement.</returns>
    public static double Exact(int onlyFirst, int onlySecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        int total = checked(onlyFirst + onlySecond);
        int smaller = Math.Min(onlyFirst, onlySecond);

        // Terms in logarithms: 2^-total underflows from 1,075 disagreements on.
        double logTerm = -total * Math.Log(2);
        double sum = Math.Exp(logTerm);
        for (int i = 1; i <= smaller; i++)
        {
            logTerm += Math.Log(total - i + 1) - Math.Log(i);
            sum += Math.Exp(logTerm);
        }

        return Math.Min(1, 2 * sum);
    }
}
