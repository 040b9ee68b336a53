using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>One product of a group, in a form without references.</summary>
internal unsafe struct GemmTask
{
    /// <summary>Format of the weight.</summary>
    public ElementType Type;

    /// <summary>What the format asks of the tile kernels.</summary>
    public TileShape Shape;

    /// <summary>The weight.</summary>
    public PanelAreas Areas;

    /// <summary>Rows of the weight, and its panels.</summary>
    public int Outputs, Panels;

    /// <summary>[outputs] or null.</summary>
    public float* Bias;

    /// <summary>[rows, outputs].</summary>
    public float* Result;

    /// <summary>Elements between rows of the result.</summary>
    public int Stride;

    /// <summary>Assembled kernels for one and two panels; 0 on other paths.</summary>
    public nint Single, Pair;
}
