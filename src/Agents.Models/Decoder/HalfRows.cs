using Agents.Numerics.Formats;
using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>
/// Rows rounded to F16 or BF16 and widened again: what llama.cpp multiplies with weights of these types, whose rows it brings to the type of the weight.
/// Reused: allocates only while it grows.
/// </summary>
internal sealed unsafe class HalfRows : IDisposable
{
    private AlignedBuffer<float> _values = new(0);
    private AlignedBuffer<ushort> _row = new(0);

    /// <summary>Makes room for a batch.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Elements per row.</param>
    public void Reserve(int rows, int columns)
    {
        Grow(ref _values, (long)rows * columns);
        Grow(ref _row, columns);
    }

    /// <summary>Rounds rows.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="type">F16 or BF16.</param>
    /// <returns>[rows, columns]; valid until the next call.</returns>
    public MatrixView<float> Round(MatrixView<float> x, ElementType type)
    {
        Reserve(x.Rows, x.Columns);
        MatrixView<float> rounded = new(_values.Data, x.Rows, x.Columns);
        Span<ushort> row = new(_row.Data, x.Columns);
        for (int i = 0; i < x.Rows; i++)
        {
            ReadOnlySpan<float> source = new(x.Row(i), x.Columns);
            Span<float> target = new(rounded.Row(i), x.Columns);
            if (type == ElementType.F16)
            {
                Float16Conversion.Narrow(source, row);
                Float16Conversion.Widen(row, target);
            }
            else
            {
                BFloat16Conversion.Narrow(source, row);
                BFloat16Conversion.Widen(row, target);
            }
        }

        return rounded;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.Dispose();
        _row.Dispose();
    }

    private static void Grow<T>(ref AlignedBuffer<T> buffer, long length)
        where T : unmanaged
    {
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = new AlignedBuffer<T>(length);
        }
    }
}
