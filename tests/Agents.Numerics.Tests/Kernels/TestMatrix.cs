using System.Numerics;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Tests.Kernels;

/// <summary>A matrix that owns its memory, filled with repeatable numbers. Rows may be padded; the padding holds NaN and must stay untouched.</summary>
internal sealed unsafe class TestMatrix<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> _buffer;

    public TestMatrix(int rows, int columns, int padding = 0)
    {
        _buffer = new AlignedBuffer<T>((long)rows * (columns + padding));
        _buffer.Span.Fill(T.NaN);
        View = new MatrixView<T>(_buffer.Data, rows, columns, columns + padding);
        for (int row = 0; row < rows; row++)
        {
            new Span<T>(View.Row(row), columns).Clear();
        }
    }

    public MatrixView<T> View { get; }

    public T* Data => View.Data;

    public int Rows => View.Rows;

    public int Columns => View.Columns;

    public ref T this[int row, int column] => ref View.Row(row)[column];

    public static TestMatrix<T> Random(int rows, int columns, int seed, double scale = 1, int padding = 0)
    {
        TestMatrix<T> matrix = new(rows, columns, padding);
        ulong state = ((ulong)seed + 1) * 0x9E3779B97F4A7C15UL;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                // Rounded to float, so that float and double kernels get equal inputs.
                matrix[row, column] = T.CreateTruncating((float)(scale * ((Next(ref state) * 2) - 1)));
            }
        }

        return matrix;
    }

    public static TestMatrix<T> Of(int rows, params double[] values)
    {
        TestMatrix<T> matrix = new(rows, values.Length / rows);
        for (int i = 0; i < values.Length; i++)
        {
            matrix.Data[i] = T.CreateTruncating(values[i]);
        }

        return matrix;
    }

    public TestMatrix<TOther> As<TOther>()
        where TOther : unmanaged, IBinaryFloatingPointIeee754<TOther>
    {
        TestMatrix<TOther> copy = new(Rows, Columns, View.Stride - View.Columns);
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                copy[row, column] = TOther.CreateTruncating(this[row, column]);
            }
        }

        return copy;
    }

    public TestMatrix<T> Copy() => As<T>();

    /// <summary>All elements by row, without padding.</summary>
    public T[] ToArray()
    {
        T[] values = new T[Rows * Columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = this[i / Columns, i % Columns];
        }

        return values;
    }

    public double[] ToDoubles() => Array.ConvertAll(ToArray(), double.CreateTruncating);

    /// <summary>Σ this · other, the scalar loss of gradient checks.</summary>
    public double Dot(TestMatrix<T> other)
    {
        double sum = 0;
        for (int i = 0; i < Rows * Columns; i++)
        {
            sum += double.CreateTruncating(this[i / Columns, i % Columns]) * double.CreateTruncating(other[i / Columns, i % Columns]);
        }

        return sum;
    }

    public void AssertPaddingUntouched()
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int column = Columns; column < View.Stride; column++)
            {
                Assert.True(T.IsNaN(View.Row(row)[column]), $"The padding of row {row} was written.");
            }
        }
    }

    public void Dispose() => _buffer.Dispose();

    private static double Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
