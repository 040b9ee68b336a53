using System.Numerics;
using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Activation;

/// <summary>The numeric vectors of papers/00-model-architecture §13.</summary>
public sealed unsafe class ActivationVectorTests
{
    [Fact]
    public void Rope_VectorOfThePaper_HoldsInDouble() => CheckRope(new ReferenceKernels<double>(), 5e-7);

    [Theory]
    [MemberData(nameof(VectorKernels.Paths), MemberType = typeof(VectorKernels))]
    public void Rope_VectorOfThePaper_HoldsOnEveryPath(KernelPath path)
    {
        using VectorKernels vector = new(path);
        CheckRope(vector.Kernels, 2e-6);
    }

    [Fact]
    public void RmsNorm_VectorOfThePaper_HoldsInDouble() => CheckRmsNorm(new ReferenceKernels<double>(), 5.1e-8);

    [Theory]
    [MemberData(nameof(VectorKernels.Paths), MemberType = typeof(VectorKernels))]
    public void RmsNorm_VectorOfThePaper_HoldsOnEveryPath(KernelPath path)
    {
        using VectorKernels vector = new(path);
        CheckRmsNorm(vector.Kernels, 1e-6);
    }

    [Fact]
    public void SwiGlu_VectorOfThePaper_HoldsInDouble() => CheckSwiGlu(new ReferenceKernels<double>(), 5.1e-8);

    [Theory]
    [MemberData(nameof(VectorKernels.Paths), MemberType = typeof(VectorKernels))]
    public void SwiGlu_VectorOfThePaper_HoldsOnEveryPath(KernelPath path)
    {
        using VectorKernels vector = new(path);
        CheckSwiGlu(vector.Kernels, 3e-7);
    }

    private static void CheckRope<T>(IActivationKernels<T> kernels, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using TestMatrix<T> x = TestMatrix<T>.Of(1, 1, 2, 3, 4);
        using TestMatrix<T> angles = TestMatrix<T>.Of(
            4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Math.Cos(3), Math.Cos(0.03), Math.Sin(3), Math.Sin(0.03));
        int position = 3;
        kernels.Rope(x.View, 4, &position, angles.View, inverse: false);
        AssertClose([-1.413353, 1.879118, -2.828857, 4.058191], x, tolerance);
        kernels.Rope(x.View, 4, &position, angles.View, inverse: true);
        AssertClose([1, 2, 3, 4], x, tolerance);
    }

    private static void CheckRmsNorm<T>(IActivationKernels<T> kernels, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using TestMatrix<T> x = TestMatrix<T>.Of(1, 1, -2, 3, 0.5);
        using TestMatrix<T> weight = TestMatrix<T>.Of(1, 1, 0.5, 2, 1);
        using TestMatrix<T> dy = TestMatrix<T>.Of(1, 0.1, -0.2, 0.3, 0.4);
        using TestMatrix<T> y = new(1, 4);
        using TestMatrix<T> dx = new(1, 4);
        using TestMatrix<T> dWeight = new(1, 4);
        T r = default;
        kernels.RmsNorm(x.View, weight.Data, T.CreateTruncating(1e-5), y.View, &r);
        kernels.RmsNormBackward(dy.View, x.View, weight.Data, &r, dx.View, accumulate: false, dWeight.Data);
        AssertClose([0.5298122, -0.5298122, 3.1788732, 0.2649061], y, tolerance);
        AssertClose([-0.0325321, 0.1180454, 0.0613474, 0.1691682], dx, tolerance);
        AssertClose([0.0529812, 0.2119249, 0.476831, 0.1059624], dWeight, tolerance);
    }

    private static void CheckSwiGlu<T>(IActivationKernels<T> kernels, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using TestMatrix<T> gate = TestMatrix<T>.Of(1, 1.5);
        using TestMatrix<T> up = TestMatrix<T>.Of(1, -0.7);
        using TestMatrix<T> upstream = TestMatrix<T>.Of(1, 0.3);
        using TestMatrix<T> output = new(1, 1);
        using TestMatrix<T> dGate = new(1, 1);
        using TestMatrix<T> dUp = new(1, 1);
        kernels.SwiGlu(gate.View, up.View, output.View);
        kernels.SwiGluBackward(upstream.View, gate.View, up.View, dGate.View, dUp.View);
        AssertClose([-0.8584532], output, tolerance);
        AssertClose([-0.2186718], dGate, tolerance);
        AssertClose([0.3679085], dUp, tolerance);
    }

    private static void AssertClose<T>(double[] expected, TestMatrix<T> actual, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Assert.All(expected.Zip(actual.ToDoubles()), pair => Assert.Equal(pair.First, pair.Second, tolerance));
}
