namespace Agents.Plugins.VerbalizedSampling.Typicality;

/// <summary>
/// Why aligned models collapse (papers/51 §2.1): raters prefer what a base model finds likely, by a weight alpha; alignment with KL weight beta then sharpens the base
/// distribution by gamma = 1 + alpha / beta wherever the true reward is flat.
/// </summary>
public static class TypicalityLaw
{
    /// <summary>Returns gamma = 1 + alpha / beta.</summary>
    /// <param name="alpha">Weight of typicality in the reward.</param>
    /// <param name="beta">Weight of the KL term, positive.</param>
    public static double Gamma(double alpha, double beta)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        return 1 + (alpha / beta);
    }

    /// <summary>Returns the distribution proportional to reference^gamma · exp(reward / beta).</summary>
    /// <param name="reference">Base distribution.</param>
    /// <param name="gamma">Sharpening.</param>
    /// <param name="rewards">True reward of each answer; null for a flat one.</param>
    /// <param name="beta">Weight of the KL term; used with rewards only.</param>
    public static double[] Optimum(IReadOnlyList<double> reference, double gamma, IReadOnlyList<double>? rewards = null, double beta = 1)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);

        // The largest exponent is taken out, so that a high gamma does not underflow to 0 / 0.
        double[] logs = [.. reference.Select((p, i) => (gamma * Math.Log(p)) + ((rewards?[i] ?? 0) / beta))];
        double largest = logs.Max();
        double[] weights = [.. logs.Select(log => Math.Exp(log - largest))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>Returns the Bradley–Terry probability that the first of two answers is preferred.</summary>
    /// <param name="alpha">Weight of typicality.</param>
    /// <param name="logProbabilityDifference">Log-probability of the first minus that of the second, under the base model.</param>
    /// <param name="rewardDifference">True reward of the first minus that of the second.</param>
    public static double PreferenceProbability(double alpha, double logProbabilityDifference, double rewardDifference = 0) =>
        1 / (1 + Math.Exp(-(rewardDifference + (alpha * logProbabilityDifference))));
}
