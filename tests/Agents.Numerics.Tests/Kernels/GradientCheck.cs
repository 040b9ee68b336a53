namespace Agents.Numerics.Tests.Kernels;

/// <summary>Compares analytic gradients with central differences in double (papers/00-model-architecture §8).</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;

    /// <summary>Checks every entry of one input.</summary>
    /// <param name="input">Changed in place and restored.</param>
    /// <param name="analytic">Gradient of the loss by each entry of the input.</param>
    /// <param name="loss">Runs the forward pass and returns the scalar loss.</param>
    public static void Check(TestMatrix<double> input, TestMatrix<double> analytic, Func<double> loss)
    {
        for (int row = 0; row < input.Rows; row++)
        {
            for (int column = 0; column < input.Columns; column++)
            {
                double value = input[row, column];
                input[row, column] = value + Step;
                double above = loss();
                input[row, column] = value - Step;
                double below = loss();
                input[row, column] = value;
                double numeric = (above - below) / (2 * Step);
                double error = Math.Abs(numeric - analytic[row, column]);
                Assert.True(
                    error < 1e-6 * Math.Max(1, Math.Abs(numeric)),
                    $"Entry ({row}, {column}): analytic {analytic[row, column]:R}, numeric {numeric:R}.");
            }
        }
    }
}
