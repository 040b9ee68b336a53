using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>CISPO: l = −stop(clip(ρ, 1 − low, 1 + high))·A·logp per token. Every token keeps a gradient; only its weight is clipped (papers/00-grpo-baseline §2.5).</summary>
public sealed class CispoLoss : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "cispo";

    private readonly PpoClipOptions _options;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">Clipping and aggregation; the second clip and the ratio cap play no part. Null for defaults with the token mean.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public CispoLoss(PpoClipOptions? options = null)
    {
        _options = options ?? new PpoClipOptions { Aggregator = new LossAggregator(LossAggregation.TokenMean) };
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Id => LossId;

    /// <inheritdoc/>
    public string Settings => $"{Id} {_options.Settings}";

    /// <inheritdoc/>
    public bool ReadsTokenWeight => _options.Aggregator.ReadsTokenWeight;

    /// <inheritdoc/>
    public bool IsZeroWithoutAdvantage => true;

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        SequenceRows.Require(inputs.OldLogProbability, inputs.Weight.Length, nameof(inputs.OldLogProbability), Id);
        SequenceRows.Require(inputs.Advantage, inputs.Weight.Length, nameof(inputs.Advantage), Id);
        double sum = 0;
        for (int sequence = 0; sequence < inputs.SequenceStarts.Length; sequence++)
        {
            double factor = _options.Aggregator.Factor(SequenceRows.Weight(inputs, sequence), context);
            for (int row = inputs.SequenceStarts[sequence]; row < SequenceRows.End(inputs, sequence); row++)
            {
                if (inputs.Weight[row] == 0)
                {
                    continue;
                }

                double ratio = Math.Clamp(PolicyRatio.Of(inputs.LogProbability[row] - inputs.OldLogProbability[row]), 1 - _options.ClipLow, 1 + _options.ClipHigh);
                double slope = -factor * inputs.Weight[row] * ratio * inputs.Advantage[row] * (inputs.Correction.IsEmpty ? 1 : inputs.Correction[row]);
                sum += slope * inputs.LogProbability[row];
                gradients.LogProbability[row] += slope;
            }
        }

        return sum;
    }
}
