namespace Agents.Evaluation.Statistics;

/// <summary>The standard normal distribution.</summary>
public static class NormalDistribution
{
    private const double SeriesEnd = 3;

    /// <summary>Probability of a value at most <paramref name="value"/>.</summary>
    /// <param name="value">A finite value.</param>
    public static double Cumulative(double value)
    {
        if (Math.Abs(value) < SeriesEnd)
        {
            // φ(x) (x + x³/3 + x⁵/15 + …): all terms of one sign, so nothing cancels.
            double term = value;
            double sum = value;
            for (int i = 3; Math.Abs(term) > Math.Abs(sum) * 1e-17 && i < 400; i += 2)
            {
                term *= value * value / i;
                sum += term;
            }

            return 0.5 + (Density(value) * sum);
        }

        // Continued fraction of the tail, evaluated from its end.
        double x = Math.Abs(value);
        double fraction = x;
        for (int i = 120; i >= 1; i--)
        {
            fraction = x + (i / fraction);
        }

        double tail = Density(x) / fraction;
        return value < 0 ? tail : 1 - tail;
    }

    /// <summary>The value below which a share of the distribution lies.</summary>
    /// <param name="probability">Share in (0, 1).</param>
    public static double Quantile(double probability)
    {
        if (!(probability > 0 && probability < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Must lie between 0 and 1.");
        }

        double low = -40;
        double high = 40;
        for (int i = 0; i < 80; i++)
        {
            double middle = 0.5 * (low + high);
            if (Cumulative(middle) < probability)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return 0.5 * (low + high);
    }

    private static double Density(double value) => Math.Exp(-0.5 * value * value) / Math.Sqrt(2 * Math.PI);
}
