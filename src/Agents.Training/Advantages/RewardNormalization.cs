namespace Agents.Training.Advantages;

/// <summary>GDPO for several rewards: each is normalized inside its group, the weighted sum is normalized over the batch (papers/00-grpo-baseline §2.4).</summary>
/// <param name="epsilon">ε of both normalizations. Default 1e-4 (TRL).</param>
public sealed class RewardNormalization(double epsilon = 1e-4)
{
    /// <summary>Computes advantages from several rewards.</summary>
    /// <param name="rewards">[rewards][completions].</param>
    /// <param name="weights">[rewards].</param>
    /// <param name="groups">[completions].</param>
    /// <param name="advantages">[completions], written.</param>
    public void Estimate(IReadOnlyList<double[]> rewards, ReadOnlySpan<double> weights, ReadOnlySpan<int> groups, Span<double> advantages)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        if (rewards.Count != weights.Length)
        {
            throw new ArgumentException($"{rewards.Count} rewards have {weights.Length} weights.", nameof(weights));
        }

        advantages.Clear();
        var normalized = new double[groups.Length];
        var lengths = new int[groups.Length];
        GroupNormalizedAdvantage inGroup = new(epsilon);
        for (int r = 0; r < rewards.Count; r++)
        {
            inGroup.Estimate(new AdvantageInputs { Reward = rewards[r], Group = groups, Length = lengths }, normalized);
            for (int i = 0; i < advantages.Length; i++)
            {
                advantages[i] += weights[r] * normalized[i];
            }
        }

        double[] combined = advantages.ToArray();
        inGroup.Estimate(new AdvantageInputs { Reward = combined, Group = new int[groups.Length], Length = lengths }, advantages);
    }
}
