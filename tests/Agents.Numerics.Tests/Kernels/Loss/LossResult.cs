using System.Numerics;
using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Loss;

/// <summary>Statistics, gradient and probabilities of one batch of logits; every fourth row has no target.</summary>
internal sealed unsafe class LossResult<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private LossResult(TokenStatistic[] statistics, TestMatrix<T> gradient, TestMatrix<T> probabilities)
    {
        Statistics = statistics;
        Gradient = gradient;
        Probabilities = probabilities;
    }

    public TokenStatistic[] Statistics { get; }

    public TestMatrix<T> Gradient { get; }

    public TestMatrix<T> Probabilities { get; }

    public static LossResult<T> Run(ILossKernels<T> kernels, TestMatrix<T> logits, double inverseTemperature)
    {
        TestMatrix<T> gradient = logits.Copy();
        TestMatrix<T> probabilities = logits.Copy();
        TokenStatistic[] statistics = new TokenStatistic[logits.Rows];
        int[] targets = new int[logits.Rows];
        TokenStatistic[] upstream = new TokenStatistic[logits.Rows];
        for (int row = 0; row < logits.Rows; row++)
        {
            targets[row] = row % 4 == 3 ? -1 : row * 7 % Math.Min(logits.Columns, 20);
            upstream[row] = new TokenStatistic(-0.5, 0.25 * row, 0.125, -0.1);
        }

        fixed (int* targetPointer = targets)
        {
            fixed (TokenStatistic* statisticPointer = statistics, upstreamPointer = upstream)
            {
                kernels.TokenStatistics(logits.View, targetPointer, inverseTemperature, statisticPointer);
                kernels.TokenStatisticsBackward(gradient.View, targetPointer, inverseTemperature, statisticPointer, upstreamPointer);
            }
        }

        kernels.Softmax(probabilities.View, inverseTemperature);
        return new LossResult<T>(statistics, gradient, probabilities);
    }

    public void Dispose()
    {
        Gradient.Dispose();
        Probabilities.Dispose();
    }
}
