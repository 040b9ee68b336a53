namespace Agents.Training.Advantages;

/// <summary>Dr. GRPO: R − mean of the group.</summary>
public sealed class GroupCenteredAdvantage : IAdvantageEstimator
{
    /// <inheritdoc/>
    public string Id => "dr-grpo";

    /// <inheritdoc/>
    public void Estimate(in AdvantageInputs inputs, Span<double> advantages)
    {
        GroupStatistics groups = new(inputs);
        for (int i = 0; i < inputs.Reward.Length; i++)
        {
            advantages[i] = double.IsNaN(inputs.Reward[i]) ? 0 : inputs.Reward[i] - groups[inputs.Group[i]].Mean;
        }
    }
}
