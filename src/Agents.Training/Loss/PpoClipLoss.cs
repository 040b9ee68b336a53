using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>
/// PPO's clipped surrogate per token, l = −min(ρA, clip(ρ, 1 − low, 1 + high)A) with ρ = e^(logp − old); negative advantages cost at most −cA (papers/00-grpo-baseline §2.5).
/// With the right advantages and aggregation this is PPO, GRPO, Dr. GRPO and DAPO.
/// </summary>
public sealed class PpoClipLoss : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "ppo-clip";

    private readonly PpoClipOptions _options;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">Clipping and aggregation; null for defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PpoClipLoss(PpoClipOptions? options = null)
    {
        _options = options ?? new PpoClipOptions();
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

    /// <summary>Loss of one token and its derivative with respect to the log-probability.</summary>
    /// <param name="logRatio">logp − old.</param>
    /// <param name="advantage">A.</param>
    /// <param name="options">Clipping.</param>
    public static (double Loss, double Slope) Token(double logRatio, double advantage, PpoClipOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        double ratio = PolicyRatio.Of(logRatio);
        double slope = PolicyRatio.Moves(logRatio) ? -ratio * advantage : 0;
        if (options.RatioCap is double cap && ratio > cap)
        {
            ratio = cap;
            slope = 0;
        }

        double clipped = Math.Clamp(ratio, 1 - options.ClipLow, 1 + options.ClipHigh);
        double loss = -ratio * advantage;
        if (-clipped * advantage > loss)
        {
            loss = -clipped * advantage;
            slope = 0;
        }

        if (advantage < 0 && options.DualClip is double bound && loss > -bound * advantage)
        {
            loss = -bound * advantage;
            slope = 0;
        }

        return (loss, slope);
    }

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

                (double loss, double slope) = Token(inputs.LogProbability[row] - inputs.OldLogProbability[row], inputs.Advantage[row], _options);
                double share = factor * inputs.Weight[row] * (inputs.Correction.IsEmpty ? 1 : inputs.Correction[row]);
                sum += share * loss;
                gradients.LogProbability[row] += share * slope;
            }
        }

        return sum;
    }
}
