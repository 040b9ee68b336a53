using System.Numerics;
using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Loss;

public sealed unsafe class SimdLossTests
{
    public static TheoryData<KernelPath, int, double> Sizes
    {
        get
        {
            TheoryData<KernelPath, int, double> data = [];
            foreach (KernelPath path in (KernelPath[])[KernelPath.Portable, KernelPath.Avx2, KernelPath.Avx512])
            {
                data.Add(path, 1, 1);
                data.Add(path, 37, 0.7);
                data.Add(path, 512, 1);
                data.Add(path, 5003, 1.9);
            }

            return data;
        }
    }

    [Fact]
    public void TokenStatistics_VectorOfThePaper_HoldsInDouble() => CheckVector(new ReferenceKernels<double>(), 5e-6, 5.1e-8);

    [Theory]
    [MemberData(nameof(VectorKernels.Paths), MemberType = typeof(VectorKernels))]
    public void TokenStatistics_VectorOfThePaper_HoldsOnEveryPath(KernelPath path)
    {
        using VectorKernels vector = new(path);
        CheckVector(vector.Kernels, 5e-6, 1.2e-7);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void EveryOperation_AgreesWithTheDoubleReference(KernelPath path, int vocabulary, double inverseTemperature)
    {
        using VectorKernels vector = new(path, 2);
        using TestMatrix<float> logits = TestMatrix<float>.Random(9, vocabulary, 1, 8, padding: 2);
        using TestMatrix<double> logitsDouble = logits.As<double>();
        using LossResult<float> actual = LossResult<float>.Run(vector.Kernels, logits, inverseTemperature);
        using LossResult<double> expected = LossResult<double>.Run(new ReferenceKernels<double>(), logitsDouble, inverseTemperature);
        for (int row = 0; row < 9; row++)
        {
            // The logits are equal and everything behind them is double.
            Assert.Equal(expected.Statistics[row].LogProbability, actual.Statistics[row].LogProbability, 1e-12);
            Assert.Equal(expected.Statistics[row].LogSumExp, actual.Statistics[row].LogSumExp, 1e-12);
            Assert.Equal(expected.Statistics[row].ChosenLogit, actual.Statistics[row].ChosenLogit, 1e-12);
            Assert.Equal(expected.Statistics[row].Entropy, actual.Statistics[row].Entropy, 1e-11);
        }

        Tolerance.Within(expected.Gradient, actual.Gradient, (row, column) => (2 * Tolerance.Unit * Math.Abs(expected.Gradient[row, column])) + 1e-12);
        Tolerance.WithinRelative(expected.Probabilities, actual.Probabilities, 2 * Tolerance.Unit);
    }

    [Theory]
    [MemberData(nameof(VectorKernels.Variants), MemberType = typeof(VectorKernels))]
    public void EveryOperation_EveryPathAndThreadCount_GivesTheSameBits(KernelPath path, int threads)
    {
        using VectorKernels expectedKernels = new(KernelPath.Portable);
        using VectorKernels actualKernels = new(path, threads);
        using TestMatrix<float> logits = TestMatrix<float>.Random(41, 1003, 1, 8);
        using LossResult<float> expected = LossResult<float>.Run(expectedKernels.Kernels, logits, 1.3);
        using LossResult<float> actual = LossResult<float>.Run(actualKernels.Kernels, logits, 1.3);
        Assert.Equal(expected.Statistics, actual.Statistics);
        Assert.Equal(expected.Gradient.ToArray(), actual.Gradient.ToArray());
        Assert.Equal(expected.Probabilities.ToArray(), actual.Probabilities.ToArray());
    }

    [Fact]
    public void ForbiddenLogits_ContributeNothingAndGetNoGradient()
    {
        using VectorKernels vector = new(KernelPath.Auto);
        using TestMatrix<float> logits = TestMatrix<float>.Random(2, 45, 1, 3);
        using TestMatrix<float> allowed = new(2, 20);
        for (int column = 0; column < 45; column++)
        {
            if (column < 20)
            {
                allowed[0, column] = logits[0, column];
                allowed[1, column] = logits[1, column];
                continue;
            }

            logits[0, column] = float.NegativeInfinity;
            logits[1, column] = float.NegativeInfinity;
        }

        using LossResult<float> masked = LossResult<float>.Run(vector.Kernels, logits, 1);
        using LossResult<float> expected = LossResult<float>.Run(vector.Kernels, allowed, 1);
        Assert.Equal(expected.Statistics[1].LogSumExp, masked.Statistics[1].LogSumExp, 1e-13);
        Assert.Equal(expected.Statistics[1].Entropy, masked.Statistics[1].Entropy, 1e-13);
        for (int column = 20; column < 45; column++)
        {
            Assert.Equal(0, masked.Gradient[1, column]);
            Assert.Equal(0, masked.Probabilities[1, column]);
        }
    }

    [Fact]
    public void TokenStatisticsBackward_LogProbabilityOnly_SumsToZeroPerRow()
    {
        using VectorKernels vector = new(KernelPath.Auto);
        using TestMatrix<float> logits = TestMatrix<float>.Random(1, 333, 1, 4);
        int target = 17;
        TokenStatistic statistic;
        TokenStatistic gradient = new(1, 0, 0, 0);
        vector.Kernels.TokenStatistics(logits.View, &target, 1, &statistic);
        vector.Kernels.TokenStatisticsBackward(logits.View, &target, 1, &statistic, &gradient);
        Assert.Equal(0, logits.ToDoubles().Sum(), 1e-6);
        Assert.True(logits[0, 17] > 0);
    }

    [Fact]
    public void Operations_WarmedUp_AllocateNothing()
    {
        using VectorKernels vector = new(KernelPath.Auto);
        using TestMatrix<float> logits = TestMatrix<float>.Random(3, 333, 1, 4);
        int* targets = stackalloc int[] { 1, 2, 3 };
        TokenStatistic* statistics = stackalloc TokenStatistic[3];
        vector.Kernels.TokenStatistics(logits.View, targets, 1, statistics);
        vector.Kernels.TokenStatisticsBackward(logits.View, targets, 1, statistics, statistics);
        vector.Kernels.Softmax(logits.View, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        vector.Kernels.TokenStatistics(logits.View, targets, 1, statistics);
        vector.Kernels.TokenStatisticsBackward(logits.View, targets, 1, statistics, statistics);
        vector.Kernels.Softmax(logits.View, 1);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void CheckVector<T>(ILossKernels<T> kernels, double lossTolerance, double gradientTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using TestMatrix<T> logits = TestMatrix<T>.Of(1, 2, 1, 0.1);
        int target = 1;
        TokenStatistic statistic;
        TokenStatistic gradient = new(-1, 0, 0, 0);
        kernels.TokenStatistics(logits.View, &target, 1, &statistic);
        kernels.TokenStatisticsBackward(logits.View, &target, 1, &statistic, &gradient);
        Assert.Equal(1.41703, -statistic.LogProbability, lossTolerance);
        double[] actual = logits.ToDoubles();
        Assert.Equal(0.6590011, actual[0], gradientTolerance);
        Assert.Equal(-0.757567, actual[1], gradientTolerance * 10);
        Assert.Equal(0.0985659, actual[2], gradientTolerance);
    }
}
