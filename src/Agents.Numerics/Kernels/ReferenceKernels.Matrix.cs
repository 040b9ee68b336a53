using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <content>Matrix products: one chain per output.</content>
public sealed unsafe partial class ReferenceKernels<T>
{
    /// <inheritdoc/>
    public void MultiplyTransposed(MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate)
    {
        for (int row = 0; row < c.Rows; row++)
        {
            for (int column = 0; column < c.Columns; column++)
            {
                T* target = c.Row(row) + column;
                *target = Chain(accumulate ? *target : T.Zero, a.Row(row), 1, b.Row(column), 1, a.Columns);
            }
        }
    }

    /// <inheritdoc/>
    public void Multiply(MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate)
    {
        for (int row = 0; row < c.Rows; row++)
        {
            for (int column = 0; column < c.Columns; column++)
            {
                T* target = c.Row(row) + column;
                *target = Chain(accumulate ? *target : T.Zero, a.Row(row), 1, b.Data + column, b.Stride, a.Columns);
            }
        }
    }

    /// <inheritdoc/>
    public void TransposedMultiply(MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate)
    {
        for (int row = 0; row < c.Rows; row++)
        {
            for (int column = 0; column < c.Columns; column++)
            {
                T* target = c.Row(row) + column;
                *target = Chain(accumulate ? *target : T.Zero, a.Data + row, a.Stride, b.Data + column, b.Stride, a.Rows);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Panels of one output: the packed matrix is a dense copy of the weight.</remarks>
    public PackedMatrix<T> Pack(MatrixView<T> weight)
    {
        PackedMatrix<T> packed = AllocatePacked(weight.Rows, weight.Columns);
        Repack(weight, packed);
        return packed;
    }

    /// <inheritdoc/>
    public PackedMatrix<T> AllocatePacked(int outputs, int inputs) => new(outputs, inputs, 1, new AlignedBuffer<T>((long)outputs * inputs, clear: false));

    /// <inheritdoc/>
    public void PackRows(MatrixView<T> rows, int first, PackedMatrix<T> packed)
    {
        ArgumentNullException.ThrowIfNull(packed);
        packed.RequirePiece(rows.Rows, rows.Columns, first);
        GatherAll(rows, new MatrixView<T>(packed.Panels.Data + ((long)first * packed.Inputs), rows.Rows, rows.Columns));
    }

    /// <inheritdoc/>
    public void Repack(MatrixView<T> weight, PackedMatrix<T> packed)
    {
        ArgumentNullException.ThrowIfNull(packed);
        if (packed.Outputs != weight.Rows || packed.Inputs != weight.Columns || packed.PanelWidth != 1)
        {
            throw new ArgumentException(
                $"Expected a packed matrix [{weight.Rows}, {weight.Columns}] with panels of 1, got [{packed.Outputs}, {packed.Inputs}] with panels of {packed.PanelWidth}.",
                nameof(packed));
        }

        GatherAll(weight, new MatrixView<T>(packed.Panels.Data, weight.Rows, weight.Columns));
    }

    /// <inheritdoc/>
    public void MultiplyPacked(MatrixView<T> a, PackedMatrix<T> weight, T* bias, MatrixView<T> c)
    {
        ArgumentNullException.ThrowIfNull(weight);
        MultiplyTransposed(a, new MatrixView<T>(weight.Panels.Data, weight.Outputs, weight.Inputs), c, accumulate: false);
        if (bias != null)
        {
            AddRow(bias, c);
        }
    }

    private static void GatherAll(MatrixView<T> source, MatrixView<T> target)
    {
        for (int row = 0; row < source.Rows; row++)
        {
            new ReadOnlySpan<T>(source.Row(row), source.Columns).CopyTo(new Span<T>(target.Row(row), target.Columns));
        }
    }
}
