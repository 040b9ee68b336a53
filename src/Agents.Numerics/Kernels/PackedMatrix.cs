using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <summary>A weight [outputs, inputs] rearranged into panels that a matrix kernel reads from front to back.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class PackedMatrix<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Pieces of a weight that are packed on their own start at multiples of this many rows: a multiple of every panel width.</summary>
    public const int PieceRows = 64;

    /// <summary>Wraps a panel buffer. Called by kernels only.</summary>
    /// <param name="outputs">Rows of the weight.</param>
    /// <param name="inputs">Columns of the weight.</param>
    /// <param name="panelWidth">Outputs per panel; the last panel is padded with zeros.</param>
    /// <param name="panels">[panel, input, output in panel].</param>
    public PackedMatrix(int outputs, int inputs, int panelWidth, AlignedBuffer<T> panels)
    {
        Outputs = outputs;
        Inputs = inputs;
        PanelWidth = panelWidth;
        Panels = panels;
    }

    /// <summary>Gets the number of outputs.</summary>
    public int Outputs { get; }

    /// <summary>Gets the number of inputs.</summary>
    public int Inputs { get; }

    /// <summary>Gets the number of outputs in one panel.</summary>
    public int PanelWidth { get; }

    /// <summary>Gets the panels, [ceil(outputs / width), inputs, width].</summary>
    public AlignedBuffer<T> Panels { get; }

    /// <summary>Copies one row of the weight out of the panels.</summary>
    /// <param name="output">Index of the row.</param>
    /// <param name="target">[inputs].</param>
    public void CopyRow(int output, Span<T> target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(output, Outputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, Inputs, nameof(target));
        T* from = Panels.Data + ((long)(output / PanelWidth) * PanelWidth * Inputs) + (output % PanelWidth);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = from[(long)i * PanelWidth];
        }

        GC.KeepAlive(this);
    }

    /// <summary>Checks that a piece of rows belongs into this matrix.</summary>
    /// <param name="rows">Rows of the piece.</param>
    /// <param name="columns">Columns of the piece.</param>
    /// <param name="first">First row.</param>
    /// <exception cref="ArgumentException">The piece does not start or end at a boundary of pieces, or leaves the matrix.</exception>
    internal void RequirePiece(int rows, int columns, int first)
    {
        bool whole = rows % PieceRows == 0 || first + rows == Outputs;
        if (columns != Inputs || first < 0 || first % PieceRows != 0 || rows > Outputs - first || !whole)
        {
            throw new ArgumentException($"A piece [{rows}, {columns}] at row {first} does not fit the packed matrix [{Outputs}, {Inputs}] in pieces of {PieceRows} rows.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Panels.Dispose();
}
