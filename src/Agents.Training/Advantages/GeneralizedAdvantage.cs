namespace Agents.Training.Advantages;

/// <summary>Generalized advantage estimation: δ_t = r_t + γV_{t+1} − V_t, A_t = δ_t + γλA_{t+1}; tokens that are masked out (observations) are passed over (papers/00-grpo-baseline §2.4).</summary>
public static class GeneralizedAdvantage
{
    /// <summary>Computes advantages and returns of one completion.</summary>
    /// <param name="rewards">[tokens].</param>
    /// <param name="values">[tokens], the critic's values; 0 after the end.</param>
    /// <param name="mask">[tokens], whether a token was written by the policy.</param>
    /// <param name="gamma">Discount γ.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="advantages">[tokens], written; 0 where masked.</param>
    /// <param name="returns">[tokens], advantage + value, written; 0 where masked.</param>
    public static void Estimate(
        ReadOnlySpan<double> rewards, ReadOnlySpan<double> values, ReadOnlySpan<bool> mask, double gamma, double lambda, Span<double> advantages, Span<double> returns)
    {
        if (values.Length != rewards.Length || mask.Length != rewards.Length || advantages.Length != rewards.Length || returns.Length != rewards.Length)
        {
            throw new ArgumentException($"{rewards.Length} rewards need as many values, masks, advantages and returns.", nameof(rewards));
        }

        double next = 0;
        double nextValue = 0;
        for (int t = rewards.Length - 1; t >= 0; t--)
        {
            if (!mask[t])
            {
                advantages[t] = 0;
                returns[t] = 0;
                continue;
            }

            next = rewards[t] + (gamma * nextValue) - values[t] + (gamma * lambda * next);
            nextValue = values[t];
            advantages[t] = next;
            returns[t] = next + values[t];
        }
    }
}
