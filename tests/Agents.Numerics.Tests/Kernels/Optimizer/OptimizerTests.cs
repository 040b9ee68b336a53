using System.Numerics;
using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Optimizer;

public sealed unsafe class OptimizerTests
{
    private static readonly AdamWStep s_step = new(3e-3, 0.9, 0.95, 1e-8, 0.1, 0.5, 3);

    [Fact]
    public void AdamW_VectorOfThePaper_HoldsInDouble() => CheckVector(new ReferenceKernels<double>(), 1e-12);

    [Theory]
    [MemberData(nameof(VectorKernels.Paths), MemberType = typeof(VectorKernels))]
    public void AdamW_VectorOfThePaper_HoldsOnEveryPath(KernelPath path)
    {
        using VectorKernels vector = new(path);
        CheckVector(vector.Kernels, 3e-7);
    }

    [Theory]
    [MemberData(nameof(VectorKernels.Variants), MemberType = typeof(VectorKernels))]
    public void AdamW_EveryPathAndThreadCount_GivesTheBitsOfTheReference(KernelPath path, int threads)
    {
        const int Count = 20_011;
        using VectorKernels vector = new(path, threads);
        using TestMatrix<float> expected = TestMatrix<float>.Random(4, Count, 1);
        using TestMatrix<float> actual = expected.Copy();
        for (int i = 0; i < Count; i++)
        {
            // Second moments are never negative.
            expected[3, i] = actual[3, i] = Math.Abs(actual[3, i]);
        }

        ReferenceKernels<float> reference = new();
        reference.AdamW(expected.View.Row(0), expected.View.Row(1), expected.View.Row(2), expected.View.Row(3), Count, s_step);
        vector.Kernels.AdamW(actual.View.Row(0), actual.View.Row(1), actual.View.Row(2), actual.View.Row(3), Count, s_step);
        Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    [Fact]
    public void AdamW_ZeroGradient_OnlyDecays()
    {
        using VectorKernels vector = new(KernelPath.Auto);
        using TestMatrix<float> state = TestMatrix<float>.Of(4, 2, 0, 0, 0);
        vector.Kernels.AdamW(state.View.Row(0), state.View.Row(1), state.View.Row(2), state.View.Row(3), 1, s_step);
        Assert.Equal(2 * (1 - (3e-3 * 0.1)), state[0, 0], 3e-7);
        Assert.Equal(0, state[2, 0]);
        Assert.Equal(0, state[3, 0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(65_536)]
    [InlineData(200_005)]
    public void SumOfSquares_EveryPathAndThreadCount_GivesTheBitsOfTheReference(int count)
    {
        using TestMatrix<float> values = TestMatrix<float>.Random(1, count, 1);
        double expected = new ReferenceKernels<float>().SumOfSquares(values.Data, count);
        Assert.Equal(values.ToDoubles().Sum(value => value * value), expected, 1e-9 * (count + 1));
        foreach (KernelPath path in (KernelPath[])[KernelPath.Portable, KernelPath.Avx2, KernelPath.Avx512])
        {
            if (SimdKernels.IsSupported(path))
            {
                using VectorKernels one = new(path);
                using VectorKernels three = new(path, 3);
                Assert.Equal(expected, one.Kernels.SumOfSquares(values.Data, count));
                Assert.Equal(expected, three.Kernels.SumOfSquares(values.Data, count));
            }
        }
    }

    [Fact]
    public void Operations_WarmedUp_AllocateNothing()
    {
        using VectorKernels vector = new(KernelPath.Auto);
        using TestMatrix<float> state = TestMatrix<float>.Random(4, 9000, 1);
        vector.Kernels.AdamW(state.View.Row(0), state.View.Row(1), state.View.Row(2), state.View.Row(3), 9000, s_step);
        vector.Kernels.SumOfSquares(state.Data, 36_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        vector.Kernels.AdamW(state.View.Row(0), state.View.Row(1), state.View.Row(2), state.View.Row(3), 9000, s_step);
        vector.Kernels.SumOfSquares(state.Data, 36_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void CheckVector<T>(IOptimizerKernels<T> kernels, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using TestMatrix<T> state = TestMatrix<T>.Of(4, 1, 0, 0, 0);
        double[] gradients = [0.1, -0.2, 0.05];
        double[] expected = [0.998990000100, 0.999346113704, 0.999472810895];
        for (int step = 0; step < 3; step++)
        {
            state[1, 0] = T.CreateTruncating(gradients[step]);
            AdamWStep constants = new(1e-3, 0.9, 0.999, 1e-8, 0.01, 1, step + 1);
            kernels.AdamW(state.View.Row(0), state.View.Row(1), state.View.Row(2), state.View.Row(3), 1, constants);
            Assert.Equal(expected[step], double.CreateTruncating(state[0, 0]), tolerance);
        }
    }
}
