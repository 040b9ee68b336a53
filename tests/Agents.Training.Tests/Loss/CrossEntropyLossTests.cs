using Agents.Learning;
using Agents.Training.Loss;

namespace Agents.Training.Tests.Loss;

public sealed class CrossEntropyLossTests
{
    private static readonly float[] Weights = [1, 0, 0.5f, 2];

    private static double Evaluate(double[] logProbabilities, double[] gradient, double tokenWeight)
    {
        double[] unused = new double[logProbabilities.Length];
        TokenLossInputs inputs = new()
        {
            LogProbability = logProbabilities,
            LogSumExp = unused,
            ChosenLogit = unused,
            Entropy = unused,
            Weight = Weights,
            SequenceStarts = new int[] { 0, 2 },
        };
        TokenLossGradients gradients = new() { LogProbability = gradient, LogSumExp = new double[4], ChosenLogit = new double[4], Entropy = new double[4] };
        return new CrossEntropyLoss().Evaluate(inputs, new LossContext(tokenWeight, 2, 2, 0), gradients);
    }

    [Fact]
    public void Evaluate_WeightedTokens_IsTheWeightedMean()
    {
        double loss = Evaluate([-1, -9, -2, -3], new double[4], 3.5);

        Assert.Equal((1 + 1 + 6) / 3.5, loss, 1e-15);
    }

    [Fact]
    public void Evaluate_Gradient_AgreesWithFiniteDifferences()
    {
        double[] at = [-1.3, -0.2, -2.7, -0.9];
        double[] gradient = new double[4];
        Evaluate(at, gradient, 7);
        for (int i = 0; i < at.Length; i++)
        {
            double[] up = [.. at];
            double[] down = [.. at];
            up[i] += 1e-5;
            down[i] -= 1e-5;

            double difference = (Evaluate(up, new double[4], 7) - Evaluate(down, new double[4], 7)) / 2e-5;

            Assert.Equal(difference, gradient[i], 1e-9);
        }
    }

    [Fact]
    public void Evaluate_NoTargetInTheStep_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Evaluate(new double[4], new double[4], 0));
    }

    [Fact]
    public void Get_UnknownId_ListsTheKnownOnes()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => TokenLossRegistry.Default.Get("cross-entropie"));

        Assert.Contains("cross-entropy", error.Message, StringComparison.Ordinal);
        Assert.IsType<CrossEntropyLoss>(TokenLossRegistry.Default.Get("cross-entropy"));
    }

    [Fact]
    public void Add_IdThatExists_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => TokenLossRegistry.Default.Add(new CrossEntropyLoss()));
    }
}
