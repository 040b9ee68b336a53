namespace Agents.Plugins.Auto;

/// <summary>Arithmetic of ladders whose rungs stop independently.</summary>
public static class LadderLaw
{
    /// <summary>Returns the expected cost: every rung costs where all before it did not stop.</summary>
    /// <param name="rungs">Cost of each rung, the first answer included, and its chance to stop.</param>
    public static double ExpectedCost(params ReadOnlySpan<(double Cost, double Stops)> rungs) => Sum(rungs, static rung => rung.Cost);

    /// <summary>Returns the expected accuracy. The last rung stops with certainty.</summary>
    /// <param name="rungs">Chance that a rung stops with a right answer, and its chance to stop.</param>
    public static double Accuracy(params ReadOnlySpan<(double StopsRight, double Stops)> rungs) => Sum(rungs, static rung => rung.Item1);

    private static double Sum(ReadOnlySpan<(double Value, double Stops)> rungs, Func<(double Cost, double Stops), double> value)
    {
        double reached = 1;
        double sum = 0;
        foreach ((double Value, double Stops) rung in rungs)
        {
            sum += reached * value(rung);
            reached *= 1 - rung.Stops;
        }

        return sum;
    }
}
