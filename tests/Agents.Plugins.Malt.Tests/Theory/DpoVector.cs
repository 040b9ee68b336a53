using Agents.Learning;

namespace Agents.Plugins.Malt.Tests.Theory;

/// <summary>One preference pair of one-token texts with given log-ratios to the reference.</summary>
internal static class DpoVector
{
    public static double Evaluate(ITokenLoss loss, double chosen, double rejected)
    {
        double[] logs = [-1 + chosen, -1 + rejected];
        double[] reference = [-1, -1];
        double[] zero = new double[2];
        return loss.Evaluate(
            new TokenLossInputs { LogProbability = logs, LogSumExp = zero, ChosenLogit = zero, Entropy = zero, ReferenceLogProbability = reference, Weight = [1f, 1f], SequenceStarts = [0, 1] },
            new LossContext(2, 2, 1, 0),
            new TokenLossGradients { LogProbability = new double[2], LogSumExp = new double[2], ChosenLogit = new double[2], Entropy = new double[2] });
    }
}
