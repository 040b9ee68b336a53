using System.Globalization;
using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>
/// Direct preference optimization on summed log-probabilities: d = β[(lp_c − ref_c) − (lp_r − ref_r)], l = softplus(−d), averaged over pairs (papers/00-grpo-baseline §2.2).
/// Labels that are wrong with probability e are met by smoothing, (1 − e)·softplus(−d) + e·softplus(d) (cDPO), or by the unbiased form that divides the difference by 1 − 2e (robust).
/// </summary>
public sealed class DpoLoss : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "dpo";

    private readonly double _beta;
    private readonly double _smoothing;
    private readonly bool _robust;

    /// <summary>Creates the loss.</summary>
    /// <param name="beta">Inverse strength of the pull to the reference. Default 0.1.</param>
    /// <param name="smoothing">Probability that a label is wrong, in [0, 0.5). Default 0.</param>
    /// <param name="robust">Whether to use the unbiased form instead of smoothing.</param>
    public DpoLoss(double beta = 0.1, double smoothing = 0, bool robust = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        ArgumentOutOfRangeException.ThrowIfNegative(smoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(smoothing, 0.5);
        _beta = beta;
        _smoothing = smoothing;
        _robust = robust;
    }

    /// <inheritdoc/>
    public string Id => LossId;

    /// <inheritdoc/>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Id} {_beta:R} {_smoothing:R} {_robust}");

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        SequenceRows.Require(inputs.ReferenceLogProbability, inputs.Weight.Length, nameof(inputs.ReferenceLogProbability), Id);
        int pairs = PairScores.Count(inputs, context, Id);
        double sum = 0;
        for (int pair = 0; pair < pairs; pair++)
        {
            PairScores policy = PairScores.Of(inputs, inputs.LogProbability, pair, average: false);
            PairScores reference = PairScores.Of(inputs, inputs.ReferenceLogProbability, pair, average: false);
            double d = _beta * (policy.Chosen - reference.Chosen - (policy.Rejected - reference.Rejected));
            double right = SequenceRows.Softplus(-d);
            double wrong = SequenceRows.Softplus(d);
            double norm = _robust ? 1 - (2 * _smoothing) : 1;
            double sign = _robust ? -1 : 1;
            sum += (((1 - _smoothing) * right) + (sign * _smoothing * wrong)) / norm / context.Units;
            double slope = _beta * ((-(1 - _smoothing) * SequenceRows.Sigmoid(-d)) + (sign * _smoothing * SequenceRows.Sigmoid(d))) / norm / context.Units;
            PairScores.AddSlopes(inputs, gradients, pair, new PairScores(slope, -slope), average: false);
        }

        return sum;
    }
}
