using System.Globalization;
using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>SimPO: softplus(−[β(avg_c − avg_r) − γ]) on length-averaged log-probabilities, without a reference; averaged over pairs (Meng et al. 2024, equation 6).</summary>
public sealed class SimPoLoss : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "simpo";

    private readonly double _beta;
    private readonly double _margin;

    /// <summary>Creates the loss.</summary>
    /// <param name="beta">Scale of the averaged log-probabilities. Default 2.</param>
    /// <param name="margin">Target margin γ. Default 1.</param>
    public SimPoLoss(double beta = 2, double margin = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        ArgumentOutOfRangeException.ThrowIfNegative(margin);
        _beta = beta;
        _margin = margin;
    }

    /// <inheritdoc/>
    public string Id => LossId;

    /// <inheritdoc/>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Id} {_beta:R} {_margin:R}");

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        int pairs = PairScores.Count(inputs, context, Id);
        double sum = 0;
        for (int pair = 0; pair < pairs; pair++)
        {
            PairScores policy = PairScores.Of(inputs, inputs.LogProbability, pair, average: true);
            double d = (_beta * (policy.Chosen - policy.Rejected)) - _margin;
            sum += SequenceRows.Softplus(-d) / context.Units;
            double slope = -_beta * SequenceRows.Sigmoid(-d) / context.Units;
            PairScores.AddSlopes(inputs, gradients, pair, new PairScores(slope, -slope), average: true);
        }

        return sum;
    }
}
