namespace Agents.Plugins.VerbalizedSampling.Diversity;

/// <summary>Distances and sizes of discrete distributions (papers/51 §2.6), natural logarithms.</summary>
public static class Distributions
{
    /// <summary>Returns the entropy in nats.</summary>
    /// <param name="probabilities">Numbers that sum to 1; zeros contribute nothing.</param>
    public static double Entropy(IReadOnlyList<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        return -probabilities.Sum(Term);
    }

    // What one probability adds to the negative entropy.
    internal static double Term(double probability) => probability > 0 ? probability * Math.Log(probability) : 0;

    /// <summary>Returns the Kullback–Leibler divergence KL(p‖q) in nats; infinite where q is 0 and p is not.</summary>
    /// <param name="p">The distribution that is averaged over.</param>
    /// <param name="q">The other one, of the same length.</param>
    public static double KullbackLeibler(IReadOnlyList<double> p, IReadOnlyList<double> q)
    {
        RequireSameLength(p, q);
        return p.Zip(q, (a, b) => a > 0 ? a * Math.Log(a / b) : 0).Sum();
    }

    /// <summary>Returns the sum of absolute differences, in [0, 2].</summary>
    /// <param name="p">One distribution.</param>
    /// <param name="q">The other one, of the same length.</param>
    public static double L1(IReadOnlyList<double> p, IReadOnlyList<double> q)
    {
        RequireSameLength(p, q);
        return p.Zip(q, (a, b) => Math.Abs(a - b)).Sum();
    }

    /// <summary>Returns the Kolmogorov–Smirnov distance: the largest difference of the cumulative sums, in the order given.</summary>
    /// <param name="p">One distribution over ordered values.</param>
    /// <param name="q">The other one, of the same length.</param>
    public static double KolmogorovSmirnov(IReadOnlyList<double> p, IReadOnlyList<double> q)
    {
        RequireSameLength(p, q);
        double sum = 0;
        double largest = 0;
        for (int i = 0; i < p.Count; i++)
        {
            sum += p[i] - q[i];
            largest = Math.Max(largest, Math.Abs(sum));
        }

        return largest;
    }

    /// <summary>Returns the chi-square statistic of counts against equal chances, with Count − 1 degrees of freedom.</summary>
    /// <param name="counts">How often each value came, at least one in all.</param>
    public static double ChiSquareUniform(IReadOnlyList<int> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        double expected = counts.Sum(count => (double)count) / counts.Count;
        if (!(expected > 0))
        {
            throw new ArgumentException("Chi-square needs at least one observation.", nameof(counts));
        }

        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }

    private static void RequireSameLength(IReadOnlyList<double> p, IReadOnlyList<double> q)
    {
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(q);
        if (p.Count != q.Count)
        {
            throw new ArgumentException($"The distributions have {p.Count} and {q.Count} values; they must be over the same ones.", nameof(q));
        }
    }
}
