namespace Agents.Numerics.Memory;

/// <summary>A row-major matrix in unmanaged memory: element (r, c) lies at <c>Data[r * Stride + c]</c>. Owns nothing.</summary>
/// <typeparam name="T">Element type.</typeparam>
public readonly unsafe struct MatrixView<T>
    where T : unmanaged
{
    /// <summary>First element.</summary>
    public readonly T* Data;

    /// <summary>Number of rows.</summary>
    public readonly int Rows;

    /// <summary>Number of columns.</summary>
    public readonly int Columns;

    /// <summary>Distance between the starts of two rows, in elements; at least <see cref="Columns"/>.</summary>
    public readonly int Stride;

    /// <summary>Creates a dense view of shape [<paramref name="rows"/>, <paramref name="columns"/>].</summary>
    /// <param name="data">First element; must stay valid while the view is used.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public MatrixView(T* data, int rows, int columns)
        : this(data, rows, columns, columns)
    {
    }

    /// <summary>Creates a view with padding between rows.</summary>
    /// <param name="data">First element; must stay valid while the view is used.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="stride">Elements from one row to the next; at least <paramref name="columns"/>.</param>
    public MatrixView(T* data, int rows, int columns, int stride)
    {
        Data = data;
        Rows = rows;
        Columns = columns;
        Stride = stride;
    }

    /// <summary>Returns the address of a row.</summary>
    /// <param name="row">Index of the row.</param>
    public T* Row(int row) => Data + ((long)row * Stride);

    /// <summary>Returns a view of some consecutive rows.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    public MatrixView<T> RowRange(int first, int count) => new(Row(first), count, Columns, Stride);

    /// <summary>Returns a view of some consecutive columns of all rows.</summary>
    /// <param name="first">First column.</param>
    /// <param name="count">Number of columns.</param>
    public MatrixView<T> ColumnRange(int first, int count) => new(Data + first, Rows, count, Stride);
}
