namespace Agents.Training.Adapters;

/// <summary>
/// The leading singular triplets of a matrix in double precision: subspace iteration with a few spare directions, then one-sided Jacobi rotations inside the
/// subspace. Deterministic.
/// </summary>
internal sealed class TruncatedDecomposition
{
    /// <summary>Directions beyond the wanted ones, which make the wanted ones converge faster.</summary>
    private const int Spare = 8;

    private const int MaximumIterations = 60;
    private const int MaximumSweeps = 40;
    private const double Tolerance = 1e-12;

    private TruncatedDecomposition(double[] values, double[][] left, double[][] right)
    {
        Values = values;
        Left = left;
        Right = right;
    }

    /// <summary>Singular values, descending.</summary>
    public double[] Values { get; }

    /// <summary>Left vectors of unit length, [values][rows].</summary>
    public double[][] Left { get; }

    /// <summary>Right vectors of unit length, [values][columns].</summary>
    public double[][] Right { get; }

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">[rows, columns], row by row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="rank">Triplets wanted.</param>
    /// <param name="random">Start directions.</param>
    public static TruncatedDecomposition Of(double[] matrix, int rows, int columns, int rank, SampleStream random)
    {
        int width = Math.Min(rank + Spare, Math.Min(rows, columns));
        double[][] left = [.. Enumerable.Range(0, width).Select(_ => new double[rows])];
        foreach (double[] direction in left)
        {
            for (int i = 0; i < rows; i++)
            {
                direction[i] = random.NextNormal();
            }
        }

        double before = 0;
        Orthonormalize(left);
        double[][] right = Transposed(matrix, columns, left);
        for (int iteration = 0; iteration < MaximumIterations; iteration++)
        {
            Orthonormalize(right);
            left = Times(matrix, columns, right);
            double captured = left.Sum(vector => Dot(vector, vector));
            Orthonormalize(left);
            right = Transposed(matrix, columns, left);
            if (captured - before <= Tolerance * captured)
            {
                break;
            }

            before = captured;
        }

        // matrix ≈ Σ left_i right_iᵀ with orthonormal left: rotating both until the right ones are orthogonal gives the triplets.
        Rotate(left, right);
        int[] order = [.. Enumerable.Range(0, width).OrderByDescending(i => Dot(right[i], right[i])).ThenBy(i => i).Take(rank)];
        double[] values = [.. order.Select(i => Math.Sqrt(Dot(right[i], right[i])))];
        for (int i = 0; i < order.Length; i++)
        {
            Scale(right[order[i]], values[i] > 0 ? 1 / values[i] : 0);
        }

        return new TruncatedDecomposition(values, [.. order.Select(i => left[i])], [.. order.Select(i => right[i])]);
    }

    private static double[][] Times(double[] matrix, int columns, double[][] right)
    {
        int rows = matrix.Length / columns;
        double[][] result = [.. right.Select(_ => new double[rows])];
        Parallel.For(0, rows, row =>
        {
            ReadOnlySpan<double> values = matrix.AsSpan(row * columns, columns);
            for (int i = 0; i < right.Length; i++)
            {
                result[i][row] = Dot(values, right[i]);
            }
        });
        return result;
    }

    private static double[][] Transposed(double[] matrix, int columns, double[][] left)
    {
        int rows = matrix.Length / columns;
        double[][] result = [.. left.Select(_ => new double[columns])];
        Parallel.For(0, left.Length, i =>
        {
            double[] sum = result[i];
            for (int row = 0; row < rows; row++)
            {
                double factor = left[i][row];
                ReadOnlySpan<double> values = matrix.AsSpan(row * columns, columns);
                for (int column = 0; column < columns; column++)
                {
                    sum[column] += factor * values[column];
                }
            }
        });
        return result;
    }

    /// <summary>Gram–Schmidt, twice; directions that are nothing but rounding become zero.</summary>
    private static void Orthonormalize(double[][] vectors)
    {
        for (int i = 0; i < vectors.Length; i++)
        {
            double before = Math.Sqrt(Dot(vectors[i], vectors[i]));
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    Subtract(vectors[i], vectors[j], Dot(vectors[i], vectors[j]));
                }
            }

            double after = Math.Sqrt(Dot(vectors[i], vectors[i]));
            Scale(vectors[i], after > 1e-14 * before ? 1 / after : 0);
        }
    }

    private static void Rotate(double[][] left, double[][] right)
    {
        bool rotated = true;
        for (int sweep = 0; sweep < MaximumSweeps && rotated; sweep++)
        {
            rotated = false;
            for (int i = 0; i < right.Length; i++)
            {
                for (int j = i + 1; j < right.Length; j++)
                {
                    double a = Dot(right[i], right[i]);
                    double b = Dot(right[j], right[j]);
                    double c = Dot(right[i], right[j]);
                    if (Math.Abs(c) <= 1e-15 * Math.Sqrt(a * b))
                    {
                        continue;
                    }

                    double zeta = (b - a) / (2 * c);
                    double t = (zeta >= 0 ? 1 : -1) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
                    double cosine = 1 / Math.Sqrt(1 + (t * t));
                    Turn(right[i], right[j], cosine, cosine * t);
                    Turn(left[i], left[j], cosine, cosine * t);
                    rotated = true;
                }
            }
        }
    }

    private static void Turn(double[] x, double[] y, double cosine, double sine)
    {
        for (int i = 0; i < x.Length; i++)
        {
            (x[i], y[i]) = ((cosine * x[i]) - (sine * y[i]), (sine * x[i]) + (cosine * y[i]));
        }
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    private static void Subtract(double[] x, double[] y, double factor)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] -= factor * y[i];
        }
    }

    private static void Scale(double[] x, double factor)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] *= factor;
        }
    }
}
