namespace Agents.Plugins.TestTimeImprovement.Uncertainty;

/// <summary>Relative softmax scoring: candidates' log-probabilities as a distribution among themselves, and its margin (papers/61 §2).</summary>
public static class RelativeSoftmax
{
    /// <summary>p_n = exp(l_n − max l) / Σ_m exp(l_m − max l).</summary>
    /// <param name="logProbabilities">l_n, log-probabilities and not their negatives, [candidates]; −∞ is impossible.</param>
    /// <returns>[candidates]; sums to 1.</returns>
    /// <exception cref="ArgumentException">There are none, a number is above 0 or no number, or all are impossible.</exception>
    public static double[] Probabilities(IReadOnlyList<double> logProbabilities)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        double largest = double.NegativeInfinity;
        bool valid = true;
        for (int i = 0; i < logProbabilities.Count; i++)
        {
            valid &= logProbabilities[i] <= 0;
            largest = Math.Max(largest, logProbabilities[i]);
        }

        if (!valid || double.IsNegativeInfinity(largest))
        {
            throw new ArgumentException($"Log-probabilities are at most 0 and not all −∞; got {(logProbabilities.Count == 0 ? "none" : string.Join(", ", logProbabilities))}. Were their negatives given?", nameof(logProbabilities));
        }

        var probabilities = new double[logProbabilities.Count];
        double sum = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = Math.Exp(logProbabilities[i] - largest);
            sum += probabilities[i];
        }

        for (int i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] /= sum;
        }

        return probabilities;
    }

    /// <summary>u = p_(1) − p_(2): small means unsure; 1 for a single candidate.</summary>
    /// <param name="probabilities">A distribution over candidates.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static double Margin(IReadOnlyList<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.Count == 0)
        {
            throw new ArgumentException("A margin needs at least one candidate.", nameof(probabilities));
        }

        if (probabilities.Count == 1)
        {
            return 1;
        }

        (double first, double second) = (double.NegativeInfinity, double.NegativeInfinity);
        for (int i = 0; i < probabilities.Count; i++)
        {
            double probability = probabilities[i];
            if (probability > first)
            {
                (first, second) = (probability, first);
            }
            else if (probability > second)
            {
                second = probability;
            }
        }

        return first - second;
    }

    /// <summary>The distance d = l_(1) − l_(2) in nats at which two candidates have a margin: u = tanh(d / 2).</summary>
    /// <param name="margin">Margin in [0, 1).</param>
    public static double DistanceOf(double margin) => 2 * Math.Atanh(margin);
}
