using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>
/// Weighted cross-entropy, L = −Σ w·ln p / Σ w, where the divisor counts the target tokens of the whole optimizer step (papers/00-grpo-baseline §2.1).
/// Pre-training and supervised fine-tuning are this loss under different weights.
/// </summary>
public sealed class CrossEntropyLoss : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "cross-entropy";

    /// <inheritdoc/>
    public string Id => LossId;

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        if (!(context.TokenWeight > 0))
        {
            throw new ArgumentException($"The step has a total token weight of {context.TokenWeight}; cross-entropy needs at least one target with a positive weight.", nameof(context));
        }

        double share = 1 / context.TokenWeight;
        double sum = 0;
        for (int row = 0; row < inputs.Weight.Length; row++)
        {
            double weight = inputs.Weight[row];
            if (weight != 0)
            {
                sum -= weight * inputs.LogProbability[row];
                gradients.LogProbability[row] -= weight * share;
            }
        }

        return sum * share;
    }
}
