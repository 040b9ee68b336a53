using System.Globalization;
using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>
/// ORPO: the chosen completion's mean negative log-likelihood plus λ·softplus(−log odds ratio), where the odds of a completion are p/(1 − p) with p the geometric mean
/// of its token probabilities; no reference; averaged over pairs (Hong et al. 2024, equations 4–7).
/// </summary>
public sealed class OrpoLoss : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "orpo";

    /// <summary>Means nearer to 0 than this are held back: a probability of 1 has infinite odds.</summary>
    private const double LargestMean = -1e-6;

    private readonly double _lambda;

    /// <summary>Creates the loss.</summary>
    /// <param name="lambda">Weight of the odds term. Default 0.1.</param>
    public OrpoLoss(double lambda = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lambda);
        _lambda = lambda;
    }

    /// <inheritdoc/>
    public string Id => LossId;

    /// <inheritdoc/>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Id} {_lambda:R}");

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        int pairs = PairScores.Count(inputs, context, Id);
        double sum = 0;
        for (int pair = 0; pair < pairs; pair++)
        {
            PairScores mean = PairScores.Of(inputs, inputs.LogProbability, pair, average: true);
            double d = LogOdds(mean.Chosen) - LogOdds(mean.Rejected);
            sum += (-mean.Chosen + (_lambda * SequenceRows.Softplus(-d))) / context.Units;
            double slope = -_lambda * SequenceRows.Sigmoid(-d);
            PairScores slopes = new((-1 + (slope * LogOddsSlope(mean.Chosen))) / context.Units, -slope * LogOddsSlope(mean.Rejected) / context.Units);
            PairScores.AddSlopes(inputs, gradients, pair, slopes, average: true);
        }

        return sum;
    }

    private static double LogOdds(double mean)
    {
        double held = Math.Min(mean, LargestMean);
        return held - SequenceRows.Log1p(-Math.Exp(held));
    }

    private static double LogOddsSlope(double mean) => mean > LargestMean ? 0 : 1 / (1 - Math.Exp(mean));
}
