namespace Agents.Evaluation.Statistics;

/// <summary>Quantiles by linear interpolation between order statistics, the product's one convention.</summary>
public static class Quantiles
{
    /// <summary>Reads a quantile of sorted values.</summary>
    /// <param name="sorted">Values in ascending order, at least one.</param>
    /// <param name="probability">Share in [0, 1].</param>
    public static double OfSorted(ReadOnlySpan<double> sorted, double probability)
    {
        if (sorted.IsEmpty)
        {
            throw new ArgumentException("At least one value is needed.", nameof(sorted));
        }

        if (!(probability is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Must lie in [0, 1].");
        }

        double at = probability * (sorted.Length - 1);
        int below = (int)at;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }
}
