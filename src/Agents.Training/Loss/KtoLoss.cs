using System.Globalization;
using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>
/// KTO on single labelled completions (Ethayarajh et al. 2024, equation 8): with r = Σ(logp − reference) and the reference point z of the step,
/// desirable ones cost λ_D(1 − σ(β(r − z))), undesirable ones λ_U(1 − σ(β(z − r))); averaged over sequences. Labels: positive is desirable. The reference point is
/// <see cref="LossContext.ReferencePoint"/>, an estimate of the divergence that carries no gradient and is never below 0.
/// </summary>
public sealed class KtoLoss : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "kto";

    private readonly double _beta;
    private readonly double _desirable;
    private readonly double _undesirable;

    /// <summary>Creates the loss.</summary>
    /// <param name="beta">Sharpness. Default 0.1.</param>
    /// <param name="desirable">λ_D. Default 1.</param>
    /// <param name="undesirable">λ_U. Default 1.</param>
    public KtoLoss(double beta = 0.1, double desirable = 1, double undesirable = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        ArgumentOutOfRangeException.ThrowIfNegative(desirable);
        ArgumentOutOfRangeException.ThrowIfNegative(undesirable);
        _beta = beta;
        _desirable = desirable;
        _undesirable = undesirable;
    }

    /// <inheritdoc/>
    public string Id => LossId;

    /// <inheritdoc/>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Id} {_beta:R} {_desirable:R} {_undesirable:R}");

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        SequenceRows.Require(inputs.ReferenceLogProbability, inputs.Weight.Length, nameof(inputs.ReferenceLogProbability), Id);
        SequenceRows.Require(inputs.SequenceLabel, inputs.SequenceStarts.Length, nameof(inputs.SequenceLabel), Id);
        double point = Math.Max(0, context.ReferencePoint);
        double sum = 0;
        for (int sequence = 0; sequence < inputs.SequenceStarts.Length; sequence++)
        {
            // A completion without targets is not counted in the mean, so it must not cost anything either.
            if (SequenceRows.Weight(inputs, sequence) == 0)
            {
                continue;
            }

            double reward = SequenceRows.Sum(inputs, inputs.LogProbability, sequence) - SequenceRows.Sum(inputs, inputs.ReferenceLogProbability, sequence);
            bool wanted = inputs.SequenceLabel[sequence] > 0;
            double sign = wanted ? 1 : -1;
            double weight = (wanted ? _desirable : _undesirable) / context.Sequences;
            double value = SequenceRows.Sigmoid(sign * _beta * (reward - point));
            sum += weight * (1 - value);
            SequenceRows.AddSlope(inputs, gradients, sequence, -weight * value * (1 - value) * sign * _beta);
        }

        return sum;
    }
}
