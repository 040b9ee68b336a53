using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>
/// Clipped surrogate with one ratio per sequence, averaged over sequences: s = e^mean(logp − old) is GSPO, s = e^sum(logp − old) RLOO as TRL computes it
/// (papers/00-grpo-baseline §2.5). The advantage is that of the sequence's first target.
/// </summary>
public sealed class SequenceClipLoss : ITokenLoss
{
    /// <summary>Id of the loss with mean log-ratios.</summary>
    public const string GspoId = "gspo";

    /// <summary>Id of the loss with summed log-ratios.</summary>
    public const string RlooId = "rloo-clip";

    private readonly SequenceRatio _kind;
    private readonly PpoClipOptions _options;

    /// <summary>Creates the loss.</summary>
    /// <param name="kind">How log-ratios are joined.</param>
    /// <param name="options">Clipping; the aggregator plays no part. Null for defaults without a second clip.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SequenceClipLoss(SequenceRatio kind, PpoClipOptions? options = null)
    {
        _kind = kind;
        _options = options ?? new PpoClipOptions { DualClip = null };
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Id => _kind == SequenceRatio.Mean ? GspoId : RlooId;

    /// <inheritdoc/>
    public string Settings => $"{Id} {_options.Settings}";

    /// <inheritdoc/>
    public bool ReadsTokenWeight => false;

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
            double weight = SequenceRows.Weight(inputs, sequence);
            if (weight == 0)
            {
                continue;
            }

            double divisor = _kind == SequenceRatio.Mean ? weight : 1;
            double logRatio = (SequenceRows.Sum(inputs, inputs.LogProbability, sequence) - SequenceRows.Sum(inputs, inputs.OldLogProbability, sequence)) / divisor;
            int first = FirstTarget(inputs, sequence);
            (double loss, double slope) = PpoClipLoss.Token(logRatio, inputs.Advantage[first], _options);
            double share = (inputs.Correction.IsEmpty ? 1 : inputs.Correction[first]) / context.Sequences;
            sum += share * loss;
            SequenceRows.AddSlope(inputs, gradients, sequence, share * slope / divisor);
        }

        return sum;
    }

    private static int FirstTarget(in TokenLossInputs inputs, int sequence)
    {
        int row = inputs.SequenceStarts[sequence];
        while (inputs.Weight[row] == 0)
        {
            row++;
        }

        return row;
    }
}
