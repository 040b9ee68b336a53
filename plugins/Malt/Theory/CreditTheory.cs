namespace Agents.Plugins.Malt.Theory;

/// <summary>What the method's own theory says about values and labels (papers/33 §2.5, §5, §6); for checks and for choosing n.</summary>
public static class CreditTheory
{
    /// <summary>Returns the bound ε = √(ln(2Mn/δ) / 2n²) on the error of generator values, by Hoeffding and a union over all of them. Vacuous for n = 3.</summary>
    /// <param name="questions">Number of questions M, at least 1.</param>
    /// <param name="branches">Branching factor n, at least 1.</param>
    /// <param name="delta">Probability that the bound fails, in (0, 1).</param>
    public static double ValueErrorBound(int questions, int branches, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(questions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(branches);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(delta);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(delta, 1);
        return Math.Sqrt(Math.Log(2.0 * questions * branches / delta) / (2.0 * branches * branches));
    }

    /// <summary>Returns the chance that a node with n judged children becomes positive: that the share of successes lies strictly above the threshold.</summary>
    /// <param name="value">True value of the node, in [0, 1].</param>
    /// <param name="branches">Number of children n, at least 1.</param>
    /// <param name="threshold">The threshold.</param>
    public static double PositiveChance(double value, int branches, double threshold = Trees.TreeValues.DefaultThreshold)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(branches);
        double chance = 0;
        double ways = 1;
        for (int successes = 0; successes <= branches; successes++)
        {
            if ((double)successes / branches > threshold)
            {
                chance += ways * Math.Pow(value, successes) * Math.Pow(1 - value, branches - successes);
            }

            ways = ways * (branches - successes) / (successes + 1);
        }

        return chance;
    }

    /// <summary>Returns the policy that preference training with labels as values ends in: the reference times e^(Q/β), normalized.</summary>
    /// <param name="reference">Probabilities of the reference.</param>
    /// <param name="values">Value of each text, usually 0 or 1.</param>
    /// <param name="beta">Weight of the KL term, positive.</param>
    public static double[] PreferenceOptimum(IReadOnlyList<double> reference, IReadOnlyList<double> values, double beta)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        double[] weights = [.. reference.Zip(values, (p, q) => p * Math.Exp(q / beta))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>
    /// Returns the variance of a generator's value when the n leaves of a critique share its quality: Var(p)/n + E[p(1 − p)]/n². Leaves that were independent would have
    /// only p̄(1 − p̄)/n².
    /// </summary>
    /// <param name="qualities">Chance of success below each kind of critique; all kinds are equally frequent.</param>
    /// <param name="branches">Branching factor n, at least 1.</param>
    public static double ClusteredVariance(IReadOnlyList<double> qualities, int branches)
    {
        ArgumentNullException.ThrowIfNull(qualities);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(branches);
        double mean = qualities.Average();
        double between = qualities.Average(p => (p - mean) * (p - mean));
        double within = qualities.Average(p => p * (1 - p));
        return (between / branches) + (within / branches / branches);
    }
}
