using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Activation;

public sealed unsafe class ActivationGradientTests
{
    private readonly ReferenceKernels<double> _kernels = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(2, 17)]
    [InlineData(2, 40)]
    public void RmsNormBackward_MatchesCentralDifferences(int rows, int columns)
    {
        using TestMatrix<double> x = TestMatrix<double>.Random(rows, columns, 1);
        using TestMatrix<double> weight = TestMatrix<double>.Random(1, columns, 2);
        using TestMatrix<double> upstream = TestMatrix<double>.Random(rows, columns, 3);
        using TestMatrix<double> y = new(rows, columns);
        using TestMatrix<double> r = new(1, rows);
        using TestMatrix<double> dx = new(rows, columns);
        using TestMatrix<double> dWeight = new(1, columns);
        double Loss()
        {
            _kernels.RmsNorm(x.View, weight.Data, 1e-5, y.View, r.Data);
            return y.Dot(upstream);
        }

        Loss();
        _kernels.RmsNormBackward(upstream.View, x.View, weight.Data, r.Data, dx.View, accumulate: false, dWeight.Data);
        GradientCheck.Check(x, dx, Loss);
        GradientCheck.Check(weight, dWeight, Loss);
    }

    [Fact]
    public void RmsNormBackward_CalledTwiceAccumulating_DoublesTheGradients()
    {
        using TestMatrix<double> x = TestMatrix<double>.Random(3, 7, 1);
        using TestMatrix<double> weight = TestMatrix<double>.Random(1, 7, 2);
        using TestMatrix<double> upstream = TestMatrix<double>.Random(3, 7, 3);
        using TestMatrix<double> y = new(3, 7);
        using TestMatrix<double> r = new(1, 3);
        using TestMatrix<double> once = new(3, 7);
        using TestMatrix<double> onceWeight = new(1, 7);
        using TestMatrix<double> twice = new(3, 7);
        using TestMatrix<double> twiceWeight = new(1, 7);
        _kernels.RmsNorm(x.View, weight.Data, 1e-5, y.View, r.Data);
        _kernels.RmsNormBackward(upstream.View, x.View, weight.Data, r.Data, once.View, accumulate: false, onceWeight.Data);
        _kernels.RmsNormBackward(upstream.View, x.View, weight.Data, r.Data, twice.View, accumulate: true, twiceWeight.Data);
        _kernels.RmsNormBackward(upstream.View, x.View, weight.Data, r.Data, twice.View, accumulate: true, twiceWeight.Data);
        Assert.Equal(Array.ConvertAll(once.ToArray(), value => 2 * value), twice.ToArray());
        Assert.All(onceWeight.ToArray().Zip(twiceWeight.ToArray()), pair => Assert.Equal(2 * pair.First, pair.Second, 14));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    public void RopeInverse_IsTheGradientOfRope(int headSize)
    {
        using TestMatrix<double> x = TestMatrix<double>.Random(3, 2 * headSize, 1);
        using TestMatrix<double> angles = RopeTable.Create<double>(16, headSize, 10_000);
        using TestMatrix<double> gradient = TestMatrix<double>.Random(3, 2 * headSize, 2);
        using TestMatrix<double> upstream = gradient.Copy();
        int* positions = stackalloc int[] { 5, 0, 15 };
        int* held = positions;
        double Loss()
        {
            using TestMatrix<double> rotated = x.Copy();
            _kernels.Rope(rotated.View, headSize, held, angles.View, inverse: false);
            return rotated.Dot(upstream);
        }

        _kernels.Rope(gradient.View, headSize, positions, angles.View, inverse: true);
        GradientCheck.Check(x, gradient, Loss);
    }

    [Fact]
    public void SwiGluBackward_MatchesCentralDifferences()
    {
        using TestMatrix<double> gate = TestMatrix<double>.Random(3, 19, 1, 4);
        using TestMatrix<double> up = TestMatrix<double>.Random(3, 19, 2);
        using TestMatrix<double> upstream = TestMatrix<double>.Random(3, 19, 3);
        using TestMatrix<double> output = new(3, 19);
        using TestMatrix<double> dGate = new(3, 19);
        using TestMatrix<double> dUp = new(3, 19);
        double Loss()
        {
            _kernels.SwiGlu(gate.View, up.View, output.View);
            return output.Dot(upstream);
        }

        _kernels.SwiGluBackward(upstream.View, gate.View, up.View, dGate.View, dUp.View);
        GradientCheck.Check(gate, dGate, Loss);
        GradientCheck.Check(up, dUp, Loss);
    }
}
