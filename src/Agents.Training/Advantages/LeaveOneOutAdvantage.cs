namespace Agents.Training.Advantages;

/// <summary>RLOO: R minus the mean of the group's other rewards, n/(n − 1)·(R − mean). A group of one has no baseline and gets 0.</summary>
public sealed class LeaveOneOutAdvantage : IAdvantageEstimator
{
    /// <inheritdoc/>
    public string Id => "rloo";

    /// <inheritdoc/>
    public void Estimate(in AdvantageInputs inputs, Span<double> advantages)
    {
        GroupStatistics groups = new(inputs);
        for (int i = 0; i < inputs.Reward.Length; i++)
        {
            if (double.IsNaN(inputs.Reward[i]))
            {
                advantages[i] = 0;
                continue;
            }

            GroupStatistics.Moments group = groups[inputs.Group[i]];
            advantages[i] = group.Count == 1 ? 0 : (inputs.Reward[i] - group.Mean) * group.Count / (group.Count - 1);
        }
    }
}
