namespace Agents.Training.Preflight;

/// <summary>Mean and spread of some numbers.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Mean">Their mean; NaN without any.</param>
/// <param name="Deviation">Their standard deviation, divided by the count; NaN without any.</param>
/// <param name="Minimum">The least; NaN without any.</param>
/// <param name="Maximum">The greatest; NaN without any.</param>
public readonly record struct ValueSpread(int Count, double Mean, double Deviation, double Minimum, double Maximum)
{
    /// <summary>Measures numbers; those that are no number (not scored) are left out.</summary>
    /// <param name="values">The numbers.</param>
    public static ValueSpread Of(IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] known = [.. values.Where(value => !double.IsNaN(value))];
        if (known.Length == 0)
        {
            return new ValueSpread(0, double.NaN, double.NaN, double.NaN, double.NaN);
        }

        double mean = known.Average();
        return new ValueSpread(known.Length, mean, Math.Sqrt(known.Average(value => (value - mean) * (value - mean))), known.Min(), known.Max());
    }
}
