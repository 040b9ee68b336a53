using System.Globalization;
using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>An auxiliary loss that rewards spread: −coefficient · aggregated entropy of the full distribution (papers/00-grpo-baseline §2.7).</summary>
/// <param name="coefficient">Factor; negative values punish spread.</param>
/// <param name="aggregator">How tokens are averaged; null for the mean over all tokens.</param>
public sealed class EntropyBonus(double coefficient, LossAggregator? aggregator = null) : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "entropy";

    private readonly LossAggregator _aggregator = aggregator ?? new LossAggregator(LossAggregation.TokenMean);

    /// <inheritdoc/>
    public string Id => LossId;

    /// <inheritdoc/>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Id} {coefficient:R} {_aggregator.Settings}");

    /// <inheritdoc/>
    public bool ReadsTokenWeight => _aggregator.ReadsTokenWeight;

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        double sum = 0;
        for (int sequence = 0; sequence < inputs.SequenceStarts.Length; sequence++)
        {
            double factor = -coefficient * _aggregator.Factor(SequenceRows.Weight(inputs, sequence), context);
            for (int row = inputs.SequenceStarts[sequence]; row < SequenceRows.End(inputs, sequence); row++)
            {
                if (inputs.Weight[row] != 0)
                {
                    sum += factor * inputs.Weight[row] * inputs.Entropy[row];
                    gradients.Entropy[row] += factor * inputs.Weight[row];
                }
            }
        }

        return sum;
    }
}
