using Agents.Numerics.Quantized;
using Agents.Numerics.Quantized.Gemv;
using Agents.Numerics.Threading;

namespace Agents.Benchmarks.Quantized;

/// <summary>One to three rows times some panels of a matrix, cut into runs of panels.</summary>
internal struct GemvChunks : IComputeBody
{
    /// <summary>Instructions.</summary>
    public CodePath Path;

    /// <summary>Rounded rows.</summary>
    public QuantizedRows Rows;

    /// <summary>The layer.</summary>
    public QuantizedProduct Product;

    /// <summary>First panel.</summary>
    public int FirstPanel;

    /// <summary>Number of panels.</summary>
    public int Panels;

    /// <summary>Panels per chunk.</summary>
    public int PanelsPerChunk;

    /// <inheritdoc/>
    public readonly void Execute(int chunk, int worker)
    {
        int first = chunk * PanelsPerChunk;
        GemvDispatch.Run(Path, Rows, 0, Rows.Rows, Product, FirstPanel + first, Math.Min(PanelsPerChunk, Panels - first));
    }
}
