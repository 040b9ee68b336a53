namespace Agents.Training.Advantages;

/// <summary>Subtracts the mean and divides by the deviation, √(variance + 1e-8) with Bessel's correction (papers/00-grpo-baseline §2.4).</summary>
public static class Whitening
{
    private const double Floor = 1e-8;

    /// <summary>Whitens values in place.</summary>
    /// <param name="values">Values.</param>
    /// <param name="counts">How many tokens each value stands for; 0 masks it in the statistics.</param>
    public static void Apply(Span<double> values, ReadOnlySpan<double> counts)
    {
        if (values.Length != counts.Length)
        {
            throw new ArgumentException($"{values.Length} values have {counts.Length} counts.", nameof(counts));
        }

        double total = 0;
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            total += counts[i];
            sum += counts[i] * values[i];
        }

        if (total == 0)
        {
            return;
        }

        double mean = sum / total;
        double squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            squares += counts[i] * (values[i] - mean) * (values[i] - mean);
        }

        double variance = total > 1 ? squares / (total - 1) : 0;
        for (int i = 0; i < values.Length; i++)
        {
            // Equal values differ from their mean by rounding only; dividing that by the floor would make noise of it.
            double centered = values[i] - mean;
            values[i] = Math.Abs(centered) <= 1e-12 * Math.Abs(mean) ? 0 : centered / Math.Sqrt(variance + Floor);
        }
    }
}
