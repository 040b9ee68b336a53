using Agents.Numerics.Threading;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Packs one cache block of both operands; a unit is one strip or one panel.</summary>
internal unsafe struct PackBody : IComputeBody
{
    /// <summary>The product.</summary>
    public ProductPlan Plan;

    /// <summary>First row, column and step of k of the block.</summary>
    public int Row, Column, K;

    /// <summary>Rows, columns and steps of k in the block.</summary>
    public int Rows, Columns, Depth;

    /// <summary>Targets, [strip, depth, 12] and [panel, depth, 32].</summary>
    public float* Strips, Panels;

    /// <summary>Number of strips (the first units) and of panels (the others; 0 when b is packed already).</summary>
    public int StripCount, PanelCount;

    /// <summary>Units in one chunk.</summary>
    public int UnitsPerChunk;

    /// <inheritdoc/>
    public readonly void Execute(int chunk, int worker)
    {
        int end = Math.Min((chunk + 1) * UnitsPerChunk, StripCount + PanelCount);
        for (int unit = chunk * UnitsPerChunk; unit < end; unit++)
        {
            if (unit < StripCount)
            {
                int first = unit * PanelLayout.Height;
                float* strip = Strips + ((long)first * Depth);
                Packing.Block(Plan.A, !Plan.AByColumns, Row + first, Math.Min(Rows - first, PanelLayout.Height), K, Depth, strip, PanelLayout.Height);
            }
            else
            {
                int first = (unit - StripCount) * PanelLayout.Width;
                float* panel = Panels + ((long)first * Depth);
                Plan.PackPanel(Column + first, Math.Min(Columns - first, PanelLayout.Width), K, Depth, panel);
            }
        }
    }
}
