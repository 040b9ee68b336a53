namespace Agents.Testing;

/// <summary>Compares an observed rate with its exact value.</summary>
public static class SampleRate
{
    private const double StandardErrors = 4;

    /// <summary>Returns the interval of four standard errors around an expected rate, in which 99.994 % of runs lie.</summary>
    /// <param name="expected">Exact rate, in [0, 1].</param>
    /// <param name="count">Number of independent observations, at least 1.</param>
    public static (double Low, double High) Interval(double expected, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        double error = StandardErrors * Math.Sqrt(expected * (1 - expected) / count);
        return (expected - error, expected + error);
    }
}
