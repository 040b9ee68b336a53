using System.Globalization;

namespace Agents.Training.Advantages;

/// <summary>GRPO: (R − mean) / (sample deviation + ε) inside each group. A group of one is its own mean and gets exactly 0 (papers/INDEX §4b); for raw rewards ask for REINFORCE.</summary>
/// <param name="epsilon">ε. Default 1e-6 (verl); TRL uses 1e-4.</param>
public sealed class GroupNormalizedAdvantage(double epsilon = 1e-6) : IAdvantageEstimator
{
    /// <inheritdoc/>
    public string Id => "grpo";

    /// <inheritdoc/>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Id} {epsilon:R}");

    /// <inheritdoc/>
    public void Estimate(in AdvantageInputs inputs, Span<double> advantages)
    {
        GroupStatistics groups = new(inputs);
        for (int i = 0; i < inputs.Reward.Length; i++)
        {
            double reward = inputs.Reward[i];
            if (double.IsNaN(reward))
            {
                advantages[i] = 0;
                continue;
            }

            GroupStatistics.Moments group = groups[inputs.Group[i]];
            advantages[i] = (reward - group.Mean) / (group.Deviation + epsilon);
        }
    }
}
