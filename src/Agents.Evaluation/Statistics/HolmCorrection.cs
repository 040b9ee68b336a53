namespace Agents.Evaluation.Statistics;

/// <summary>Correction of several p-values that keeps the chance of any false claim at its level (S. Holm, 1979).</summary>
public static class HolmCorrection
{
    /// <summary>Adjusts p-values; those at most alpha are significant together.</summary>
    /// <param name="values">P-values in [0, 1].</param>
    /// <returns>Adjusted values in the order of <paramref name="values"/>.</returns>
    public static double[] Adjust(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Any(value => !(value is >= 0 and <= 1)))
        {
            throw new ArgumentException("P-values must lie in [0, 1].", nameof(values));
        }

        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        var adjusted = new double[values.Count];
        double largest = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, (order.Length - rank) * values[order[rank]]));
            adjusted[order[rank]] = largest;
        }

        return adjusted;
    }
}
