using Agents.Learning;

namespace Agents.Training.Tests.Backward;

/// <summary>A curved function of all four statistics, so that every path back into the logits is exercised.</summary>
internal sealed class EveryStatisticLoss : ITokenLoss
{
    public string Id => "every-statistic";

    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        double sum = 0;
        for (int i = 0; i < inputs.Weight.Length; i++)
        {
            double w = inputs.Weight[i] / context.TokenWeight;
            double p = inputs.LogProbability[i];
            double s = inputs.LogSumExp[i];
            double c = inputs.ChosenLogit[i];
            double h = inputs.Entropy[i];
            sum += w * ((0.3 * p * p) + (0.2 * s * s) + (0.5 * c * h) - (0.7 * h));
            gradients.LogProbability[i] = w * 0.6 * p;
            gradients.LogSumExp[i] = w * 0.4 * s;
            gradients.ChosenLogit[i] = w * 0.5 * h;
            gradients.Entropy[i] = w * ((0.5 * c) - 0.7);
        }

        return sum;
    }
}
