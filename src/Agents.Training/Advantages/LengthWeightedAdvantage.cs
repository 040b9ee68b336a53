namespace Agents.Training.Advantages;

/// <summary>OPO: R minus the group's length-weighted mean reward, Σ length·R / Σ length.</summary>
public sealed class LengthWeightedAdvantage : IAdvantageEstimator
{
    /// <inheritdoc/>
    public string Id => "opo";

    /// <inheritdoc/>
    public void Estimate(in AdvantageInputs inputs, Span<double> advantages)
    {
        Dictionary<int, (double Weighted, double Length, double First)> groups = [];
        for (int i = 0; i < inputs.Reward.Length; i++)
        {
            if (!double.IsNaN(inputs.Reward[i]))
            {
                (double weighted, double length, double first) = groups.GetValueOrDefault(inputs.Group[i], (0, 0, inputs.Reward[i]));
                groups[inputs.Group[i]] = (weighted + (inputs.Length[i] * (inputs.Reward[i] - first)), length + inputs.Length[i], first);
            }
        }

        for (int i = 0; i < inputs.Reward.Length; i++)
        {
            if (double.IsNaN(inputs.Reward[i]))
            {
                advantages[i] = 0;
                continue;
            }

            (double weighted, double length, double first) = groups[inputs.Group[i]];
            advantages[i] = inputs.Reward[i] - first - (length > 0 ? weighted / length : 0);
        }
    }
}
