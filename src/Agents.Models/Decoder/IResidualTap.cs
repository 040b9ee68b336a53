using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>Reads or changes the residual stream between layers (analysis, steering, early exits).</summary>
/// <typeparam name="T">Element type.</typeparam>
public interface IResidualTap<T>
    where T : unmanaged
{
    /// <summary>Called once per layer and batch, after the layer; with layer −1 for the embedded input.</summary>
    /// <param name="layer">Index of the layer that has just run.</param>
    /// <param name="positions">[rows], position of each row in its sequence.</param>
    /// <param name="residual">[rows, hidden]; what the tap writes is what the next layer reads.</param>
    void Visit(int layer, ReadOnlySpan<int> positions, MatrixView<T> residual);
}
