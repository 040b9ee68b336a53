using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Multiplies a few rows by all panels; a chunk is a range of panels, packed on the way if they are not yet.</summary>
/// <typeparam name="TMath">Instruction level.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal unsafe struct RowBody<TMath, TVector> : IComputeBody
    where TMath : struct, IVectorMath<TVector>
    where TVector : struct
{
    /// <summary>The product.</summary>
    public ProductPlan Plan;

    /// <summary>First column and number of columns of this run.</summary>
    public int Column, Columns;

    /// <summary>Memory for the panels of this run, [panel, k, 32], when the plan has none.</summary>
    public float* Panels;

    /// <summary>Panels in one chunk.</summary>
    public int PanelsPerChunk;

    /// <inheritdoc/>
    public readonly void Execute(int chunk, int worker)
    {
        int first = chunk * PanelsPerChunk * PanelLayout.Width;
        int columns = Math.Min(Columns - first, PanelsPerChunk * PanelLayout.Width);
        long panelStride = (long)Plan.Depth * PanelLayout.Width;
        float* panels = Plan.Packed != null
            ? Plan.Packed + ((long)(Column + first) * Plan.Depth)
            : Panels + ((long)first * Plan.Depth);
        if (Plan.Packed == null)
        {
            for (int x = 0; x < columns; x += PanelLayout.Width)
            {
                Plan.PackPanel(Column + first + x, Math.Min(columns - x, PanelLayout.Width), 0, Plan.Depth, panels + ((long)x * Plan.Depth));
            }
        }

        MatrixView<float> c = Plan.C.ColumnRange(Column + first, columns);
        RowKernel<TMath, TVector>.Multiply(
            Plan.A.Data, Plan.RowStep, Plan.DepthStep, c.Rows, Plan.Depth, panels, panelStride, columns, c.Data, c.Stride, Plan.Accumulate);
        if (Plan.Bias != null)
        {
            BiasKernel<TMath, TVector>.Add(Plan.Bias + Column + first, c);
        }
    }
}
