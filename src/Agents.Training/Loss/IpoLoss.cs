using System.Globalization;
using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>Identity preference optimization: (δ − 1/(2β))² with δ the difference of averaged log-ratios to the reference, averaged over pairs (papers/00-grpo-baseline §2.2).</summary>
public sealed class IpoLoss : ITokenLoss
{
    /// <summary>Stable id in recipes and logs.</summary>
    public const string LossId = "ipo";

    private readonly double _beta;

    /// <summary>Creates the loss.</summary>
    /// <param name="beta">Strength; the target margin is 1/(2β). Default 0.1.</param>
    public IpoLoss(double beta = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        _beta = beta;
    }

    /// <inheritdoc/>
    public string Id => LossId;

    /// <inheritdoc/>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Id} {_beta:R}");

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        SequenceRows.Require(inputs.ReferenceLogProbability, inputs.Weight.Length, nameof(inputs.ReferenceLogProbability), Id);
        int pairs = PairScores.Count(inputs, context, Id);
        double sum = 0;
        for (int pair = 0; pair < pairs; pair++)
        {
            PairScores policy = PairScores.Of(inputs, inputs.LogProbability, pair, average: true);
            PairScores reference = PairScores.Of(inputs, inputs.ReferenceLogProbability, pair, average: true);
            double miss = policy.Chosen - reference.Chosen - (policy.Rejected - reference.Rejected) - (1 / (2 * _beta));
            sum += miss * miss / context.Units;
            double slope = 2 * miss / context.Units;
            PairScores.AddSlopes(inputs, gradients, pair, new PairScores(slope, -slope), average: true);
        }

        return sum;
    }
}
