using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <summary>A weight [outputs, inputs] rearranged into panels that a matrix kernel reads from front to back.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class PackedMatrix<T> : IDisposable
    where T : unmanaged
{
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

    /// <inheritdoc/>
    public void Dispose() => Panels.Dispose();
}
