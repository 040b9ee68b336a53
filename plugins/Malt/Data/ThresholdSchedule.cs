using Agents.Plugins.Malt.Trees;

namespace Agents.Plugins.Malt.Data;

/// <summary>Thresholds of several rounds of expansion and training: few but pure positives once the roles have improved (papers/33 §2.5).</summary>
public static class ThresholdSchedule
{
    /// <summary>Returns 1 − (1 − first) / (round + 1): the first threshold in round 0, then ever closer to 1, which no value exceeds. The form is ours; the paper gives only the direction.</summary>
    /// <param name="round">The round, from 0.</param>
    /// <param name="first">Threshold of round 0, in [0, 1).</param>
    public static double At(int round, double first = TreeValues.DefaultThreshold)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(round);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first, 1);
        return 1 - ((1 - first) / (round + 1));
    }
}
