namespace Agents.Plugins.Auto.Certainty;

/// <summary>Chooses thresholds from pairs of certainty and correctness.</summary>
public static class ThresholdCalibration
{
    /// <summary>Returns the lowest threshold whose accepted answers are right at least as often as asked: the cheapest one that is good enough.</summary>
    /// <param name="seen">Questions of a calibration set, at least one.</param>
    /// <param name="accuracy">Wanted accuracy of the answers that stand, in [0, 1].</param>
    /// <param name="first">Cost of the first answer, in calls or any other unit.</param>
    /// <param name="further">Cost of the further rungs.</param>
    /// <param name="standardErrors">How many standard errors the accuracy must lie above what is wanted. Default 0: the observed rate counts.</param>
    public static ThresholdChoice ForAccuracy(IReadOnlyList<CertaintyObservation> seen, double accuracy, double first = 1, double further = 3, double standardErrors = 0)
    {
        Check(seen, accuracy, nameof(accuracy));
        return Choices(seen, first, further)
            .Where(choice => choice.Accuracy - (standardErrors * Error(choice, seen.Count)) >= accuracy)
            .MaxBy(choice => choice.Accepted) ?? None(first, further);
    }

    /// <summary>Returns the highest threshold that the cost allows: the strictest one that can be paid for.</summary>
    /// <param name="seen">Questions of a calibration set, at least one.</param>
    /// <param name="cost">Most that a question may cost in the mean; at least <paramref name="first"/>.</param>
    /// <param name="first">Cost of the first answer.</param>
    /// <param name="further">Cost of the further rungs.</param>
    public static ThresholdChoice ForCost(IReadOnlyList<CertaintyObservation> seen, double cost, double first = 1, double further = 3)
    {
        Check(seen, 0, nameof(cost));
        ArgumentOutOfRangeException.ThrowIfLessThan(cost, first);
        return cost >= first + further ? None(first, further) : Choices(seen, first, further).Where(choice => choice.ExpectedCost <= cost).MinBy(choice => choice.Accepted)!;
    }

    // One choice per certainty that was seen: equal ones stand or fall together.
    private static IEnumerable<ThresholdChoice> Choices(IReadOnlyList<CertaintyObservation> seen, double first, double further)
    {
        int accepted = 0;
        int right = 0;
        foreach (IGrouping<double, CertaintyObservation> equal in seen.GroupBy(one => one.Certainty).OrderByDescending(group => group.Key))
        {
            accepted += equal.Count();
            right += equal.Count(one => one.Correct);
            double share = (double)accepted / seen.Count;
            yield return new ThresholdChoice(equal.Key, share, (double)right / accepted, first + ((1 - share) * further));
        }
    }

    private static double Error(ThresholdChoice choice, int count) => Math.Sqrt(choice.Accuracy * (1 - choice.Accuracy) / (choice.Accepted * count));

    private static ThresholdChoice None(double first, double further) => new(null, 0, 0, first + further);

    private static void Check(IReadOnlyList<CertaintyObservation> seen, double share, string name)
    {
        ArgumentNullException.ThrowIfNull(seen);
        if (seen.Count == 0 || seen.Any(one => !double.IsFinite(one.Certainty)))
        {
            throw new ArgumentException("A calibration needs at least one observation, and every certainty must be finite.", nameof(seen));
        }

        if (share is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, share, "An accuracy lies in [0, 1].");
        }
    }
}
