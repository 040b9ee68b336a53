using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Loss;

public sealed unsafe class TokenStatisticsGradientTests
{
    private readonly ReferenceKernels<double> _kernels = new();

    [Theory]
    [InlineData(1, 0, 0, 0, 1.0)]
    [InlineData(0, 1, 0, 0, 1.0)]
    [InlineData(0, 0, 1, 0, 1.0)]
    [InlineData(0, 0, 0, 1, 1.0)]
    [InlineData(0.3, -0.7, 1.1, 0.9, 0.6)]
    [InlineData(-1, 0.2, 0.4, -2, 1.7)]
    public void TokenStatisticsBackward_MatchesCentralDifferences(double logProbability, double logSumExp, double chosen, double entropy, double inverseTemperature)
    {
        using TestMatrix<double> logits = TestMatrix<double>.Random(3, 23, 1, 3);
        int* targets = stackalloc int[] { 4, -1, 22 };
        int* held = targets;
        TokenStatistic* statistics = stackalloc TokenStatistic[3];
        TokenStatistic* results = statistics;
        TokenStatistic* gradients = stackalloc TokenStatistic[3];
        for (int i = 0; i < 3; i++)
        {
            gradients[i] = new TokenStatistic(logProbability, logSumExp, chosen, entropy);
        }

        double Loss()
        {
            _kernels.TokenStatistics(logits.View, held, inverseTemperature, results);
            double sum = 0;
            for (int i = 0; i < 3; i++)
            {
                TokenStatistic s = results[i];
                sum += (logProbability * s.LogProbability) + (logSumExp * s.LogSumExp) + (chosen * s.ChosenLogit) + (entropy * s.Entropy);
            }

            return sum;
        }

        Loss();
        Assert.Equal(default, statistics[1]);
        using TestMatrix<double> analytic = logits.Copy();
        _kernels.TokenStatisticsBackward(analytic.View, targets, inverseTemperature, statistics, gradients);
        GradientCheck.Check(logits, analytic, Loss);
        Assert.All(Enumerable.Range(0, 23), column => Assert.Equal(0, analytic[1, column]));
    }
}
