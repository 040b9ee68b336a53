namespace Agents.Training.Advantages;

/// <summary>
/// REINFORCE++ for rewards at the end of a completion (discount 1): every token of a completion has the return R, and returns are whitened over all learned tokens of the batch.
/// With a group baseline, R − mean of the group is whitened instead.
/// </summary>
/// <param name="groupBaseline">Whether to subtract each group's mean first.</param>
public sealed class BatchNormalizedAdvantage(bool groupBaseline = false) : IAdvantageEstimator
{
    /// <inheritdoc/>
    public string Id => groupBaseline ? "reinforce-plus-plus-baseline" : "reinforce-plus-plus";

    /// <inheritdoc/>
    public void Estimate(in AdvantageInputs inputs, Span<double> advantages)
    {
        if (groupBaseline)
        {
            new GroupCenteredAdvantage().Estimate(inputs, advantages);
        }
        else
        {
            inputs.Reward.CopyTo(advantages);
        }

        WhitenScored(inputs, advantages);
    }

    private static void WhitenScored(in AdvantageInputs inputs, Span<double> values)
    {
        var weights = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            weights[i] = double.IsNaN(inputs.Reward[i]) ? 0 : inputs.Length[i];
            values[i] = double.IsNaN(inputs.Reward[i]) ? 0 : values[i];
        }

        Whitening.Apply(values, weights);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = double.IsNaN(inputs.Reward[i]) ? 0 : values[i];
        }
    }
}
