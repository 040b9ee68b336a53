using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Kernels.Normalization;

namespace Agents.Numerics.Quantized.Activations;

/// <summary>RMS norm and rounding of activations, row by row while the row is in the first-level cache; items are rows.</summary>
internal struct NormRoundingKernel : ILaneKernel
{
    public RmsNormKernel Norm;
    public RoundingKernel Rounding;

    /// <inheritdoc/>
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int row = first; row < first + count; row++)
        {
            Norm.Run<TLanes, TDoubles>(row, 1);
            Rounding.Run<TLanes, TDoubles>(row, 1);
        }
    }
}
