using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <content>Normalization, rotary positions, gated activation and row movement.</content>
public sealed unsafe partial class ReferenceKernels<T>
{
    /// <inheritdoc/>
    public void RmsNorm(MatrixView<T> x, T* weight, T epsilon, MatrixView<T> y, T* inverseRms)
    {
        T width = T.CreateTruncating(x.Columns);
        for (int row = 0; row < x.Rows; row++)
        {
            T* source = x.Row(row);
            T* target = y.Row(row);
            T r = T.One / T.Sqrt((LaneDot(source, source, x.Columns) / width) + epsilon);
            for (int column = 0; column < x.Columns; column++)
            {
                target[column] = source[column] * r * weight[column];
            }

            if (inverseRms != null)
            {
                inverseRms[row] = r;
            }
        }
    }

    /// <inheritdoc/>
    public void RmsNormBackward(MatrixView<T> dy, MatrixView<T> x, T* weight, T* inverseRms, MatrixView<T> dx, bool accumulate, T* dWeight)
    {
        T width = T.CreateTruncating(x.Columns);
        T* lanes = stackalloc T[Lanes];
        for (int row = 0; row < x.Rows; row++)
        {
            T* upstream = dy.Row(row);
            T* source = x.Row(row);
            T* target = dx.Row(row);
            T r = inverseRms[row];
            new Span<T>(lanes, Lanes).Clear();
            for (int column = 0; column < x.Columns; column++)
            {
                T* lane = lanes + (column % Lanes);
                *lane = T.FusedMultiplyAdd(upstream[column] * weight[column], source[column], *lane);
                if (dWeight != null)
                {
                    dWeight[column] = T.FusedMultiplyAdd(upstream[column], source[column] * r, dWeight[column]);
                }
            }

            T factor = r * r * r * (Fold(lanes) / width);
            for (int column = 0; column < x.Columns; column++)
            {
                T gradient = T.FusedMultiplyAdd(-factor, source[column], r * (upstream[column] * weight[column]));
                target[column] = accumulate ? target[column] + gradient : gradient;
            }
        }
    }

    /// <inheritdoc/>
    public void Rope(MatrixView<T> x, int headSize, int* positions, MatrixView<T> cosSin, bool inverse)
    {
        int half = headSize / 2;
        for (int row = 0; row < x.Rows; row++)
        {
            T* angles = cosSin.Row(positions[row]);
            for (int head = 0; head < x.Columns; head += headSize)
            {
                T* lower = x.Row(row) + head;
                T* upper = lower + half;
                for (int j = 0; j < half; j++)
                {
                    T cosine = angles[j];
                    T sine = inverse ? -angles[half + j] : angles[half + j];
                    T p = lower[j];
                    T q = upper[j];
                    lower[j] = T.FusedMultiplyAdd(p, cosine, -(q * sine));
                    upper[j] = T.FusedMultiplyAdd(q, cosine, p * sine);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void SwiGlu(MatrixView<T> gate, MatrixView<T> up, MatrixView<T> output)
    {
        for (int row = 0; row < gate.Rows; row++)
        {
            for (int column = 0; column < gate.Columns; column++)
            {
                T z = gate.Row(row)[column];
                output.Row(row)[column] = z * Sigmoid(z) * up.Row(row)[column];
            }
        }
    }

    /// <inheritdoc/>
    public void SwiGluBackward(MatrixView<T> dOutput, MatrixView<T> gate, MatrixView<T> up, MatrixView<T> dGate, MatrixView<T> dUp)
    {
        for (int row = 0; row < gate.Rows; row++)
        {
            for (int column = 0; column < gate.Columns; column++)
            {
                T upstream = dOutput.Row(row)[column];
                T z = gate.Row(row)[column];
                T u = up.Row(row)[column];
                T sigmoid = Sigmoid(z);
                dGate.Row(row)[column] = upstream * u * sigmoid * T.FusedMultiplyAdd(z, T.One - sigmoid, T.One);
                dUp.Row(row)[column] = upstream * (z * sigmoid);
            }
        }
    }

    /// <inheritdoc/>
    public void Add(MatrixView<T> source, MatrixView<T> target)
    {
        for (int row = 0; row < target.Rows; row++)
        {
            AddInto(source.Row(row), target.Row(row), target.Columns);
        }
    }

    /// <inheritdoc/>
    public void AddRow(T* bias, MatrixView<T> target)
    {
        for (int row = 0; row < target.Rows; row++)
        {
            AddInto(bias, target.Row(row), target.Columns);
        }
    }

    /// <inheritdoc/>
    public void AddColumnSums(MatrixView<T> source, T* target)
    {
        for (int row = 0; row < source.Rows; row++)
        {
            AddInto(source.Row(row), target, source.Columns);
        }
    }

    /// <inheritdoc/>
    public void GatherRows(MatrixView<T> table, int* ids, MatrixView<T> target)
    {
        for (int row = 0; row < target.Rows; row++)
        {
            new ReadOnlySpan<T>(table.Row(ids[row]), target.Columns).CopyTo(new Span<T>(target.Row(row), target.Columns));
        }
    }

    /// <inheritdoc/>
    public void ScatterAddRows(MatrixView<T> source, int* ids, MatrixView<T> table)
    {
        for (int row = 0; row < source.Rows; row++)
        {
            AddInto(source.Row(row), table.Row(ids[row]), source.Columns);
        }
    }

    private static void AddInto(T* source, T* target, int count)
    {
        for (int i = 0; i < count; i++)
        {
            target[i] += source[i];
        }
    }
}
