using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>The plain policy gradient, l = −A·logp per token: REINFORCE, and RLOO or REINFORCE++ with their advantages and one update per batch (papers/00-grpo-baseline §2.4–2.5).</summary>
/// <param name="aggregator">How tokens are averaged; null for the mean over sequences of token sums.</param>
public sealed class ReinforceLoss(LossAggregator? aggregator = null) : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "reinforce";

    private readonly LossAggregator _aggregator = aggregator ?? new LossAggregator(LossAggregation.SequenceMeanTokenSum);

    /// <inheritdoc/>
    public string Id => LossId;

    /// <inheritdoc/>
    public string Settings => $"{Id} {_aggregator.Settings}";

    /// <inheritdoc/>
    public bool ReadsTokenWeight => _aggregator.ReadsTokenWeight;

    /// <inheritdoc/>
    public bool IsZeroWithoutAdvantage => true;

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        SequenceRows.Require(inputs.Advantage, inputs.Weight.Length, nameof(inputs.Advantage), Id);
        double sum = 0;
        for (int sequence = 0; sequence < inputs.SequenceStarts.Length; sequence++)
        {
            double factor = _aggregator.Factor(SequenceRows.Weight(inputs, sequence), context);
            for (int row = inputs.SequenceStarts[sequence]; row < SequenceRows.End(inputs, sequence); row++)
            {
                if (inputs.Weight[row] == 0)
                {
                    continue;
                }

                double slope = -factor * inputs.Weight[row] * inputs.Advantage[row] * (inputs.Correction.IsEmpty ? 1 : inputs.Correction[row]);
                sum += slope * inputs.LogProbability[row];
                gradients.LogProbability[row] += slope;
            }
        }

        return sum;
    }
}
