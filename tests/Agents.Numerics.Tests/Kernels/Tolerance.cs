namespace Agents.Numerics.Tests.Kernels;

/// <summary>Comparisons of float results with the double reference.</summary>
internal static class Tolerance
{
    /// <summary>Half the distance between 1 and the next float.</summary>
    public const double Unit = 1.0 / (1 << 24);

    /// <summary>Requires |actual − expected| ≤ bound for all elements.</summary>
    public static void Within(TestMatrix<double> expected, TestMatrix<float> actual, Func<int, int, double> bound)
    {
        for (int row = 0; row < expected.Rows; row++)
        {
            for (int column = 0; column < expected.Columns; column++)
            {
                double limit = bound(row, column);
                if (double.IsInfinity(expected[row, column]) && expected[row, column] == actual[row, column])
                {
                    continue;
                }

                double error = Math.Abs(actual[row, column] - expected[row, column]);
                Assert.True(error <= limit, $"({row}, {column}): expected {expected[row, column]:R}, got {actual[row, column]:R}, bound {limit:R}.");
            }
        }

        actual.AssertPaddingUntouched();
    }

    /// <summary>Requires |actual − expected| ≤ relative · (|expected| + 1e-30).</summary>
    public static void WithinRelative(TestMatrix<double> expected, TestMatrix<float> actual, double relative) =>
        Within(expected, actual, (row, column) => relative * (Math.Abs(expected[row, column]) + 1e-30));
}
