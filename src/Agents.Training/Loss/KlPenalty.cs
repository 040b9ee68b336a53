using System.Globalization;
using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>An auxiliary loss that holds the policy near a reference: coefficient · aggregated KL estimate (papers/00-grpo-baseline §2.3).</summary>
/// <param name="estimator">Value and gradient.</param>
/// <param name="coefficient">Factor β.</param>
/// <param name="aggregator">How tokens are averaged; null for the mean over sequences of token means.</param>
public sealed class KlPenalty(KlEstimator estimator, double coefficient, LossAggregator? aggregator = null) : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "kl";

    private const double DifferenceLimit = 20;
    private const double ValueLimit = 10;
    private readonly LossAggregator _aggregator = aggregator ?? new LossAggregator(LossAggregation.SequenceMeanTokenMean);

    /// <inheritdoc/>
    public string Id => LossId;

    /// <inheritdoc/>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Id} {estimator} {coefficient:R} {_aggregator.Settings}");

    /// <inheritdoc/>
    public bool ReadsTokenWeight => _aggregator.ReadsTokenWeight;

    /// <summary>Value of one token and its derivative with respect to the log-probability.</summary>
    /// <param name="estimator">Which estimate.</param>
    /// <param name="logProbability">logp.</param>
    /// <param name="reference">Log-probability under the reference.</param>
    public static (double Value, double Slope) Token(KlEstimator estimator, double logProbability, double reference)
    {
        double raw = reference - logProbability;
        double d = Math.Clamp(raw, -DifferenceLimit, DifferenceLimit);
        bool moves = raw == d;
        double k3 = Math.Exp(d) - d - 1;
        return estimator switch
        {
            KlEstimator.K1 => (-raw, 1),
            KlEstimator.K2 => (raw * raw / 2, -raw),
            KlEstimator.K3 => (Math.Clamp(k3, -ValueLimit, ValueLimit), moves && k3 < ValueLimit ? 1 - Math.Exp(d) : 0),
            KlEstimator.K3WithK2Gradient => (Math.Clamp(k3, -ValueLimit, ValueLimit), -raw),
            _ => throw new ArgumentException($"Unknown estimator {estimator}.", nameof(estimator)),
        };
    }

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        SequenceRows.Require(inputs.ReferenceLogProbability, inputs.Weight.Length, nameof(inputs.ReferenceLogProbability), Id);
        double sum = 0;
        for (int sequence = 0; sequence < inputs.SequenceStarts.Length; sequence++)
        {
            double factor = coefficient * _aggregator.Factor(SequenceRows.Weight(inputs, sequence), context);
            for (int row = inputs.SequenceStarts[sequence]; row < SequenceRows.End(inputs, sequence); row++)
            {
                if (inputs.Weight[row] == 0)
                {
                    continue;
                }

                (double value, double slope) = Token(estimator, inputs.LogProbability[row], inputs.ReferenceLogProbability[row]);
                sum += factor * inputs.Weight[row] * value;
                gradients.LogProbability[row] += factor * inputs.Weight[row] * slope;
            }
        }

        return sum;
    }
}
