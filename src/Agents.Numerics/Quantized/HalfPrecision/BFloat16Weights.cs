using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Quantized.Gemv;

namespace Agents.Numerics.Quantized.HalfPrecision;

/// <summary>BF16.</summary>
internal readonly unsafe struct BFloat16Weights : IHalfWeights
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloats Load<TCodes, TFloats>(byte* source)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats> => TCodes.LoadBrainHalves(source);
}
