using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Quantized.Gemv;

namespace Agents.Numerics.Quantized.HalfPrecision;

/// <summary>Weights of 16 bits that widen to single precision.</summary>
internal unsafe interface IHalfWeights
{
    /// <summary>Loads and widens one element of 16 rows.</summary>
    /// <typeparam name="TCodes">Integer lanes.</typeparam>
    /// <typeparam name="TFloats">Float lanes of the same width.</typeparam>
    /// <param name="source">32 bytes.</param>
    static abstract TFloats Load<TCodes, TFloats>(byte* source)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>;
}
