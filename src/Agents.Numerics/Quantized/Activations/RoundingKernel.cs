using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Quantized.Activations;

/// <summary>Rounding of activations; items are rows.</summary>
internal unsafe struct RoundingKernel : ILaneKernel
{
    public MatrixView<float> X;
    public QuantizedRows Target;

    /// <inheritdoc/>
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int row = first; row < first + count; row++)
        {
            RowRounding.Run(X.Row(row), Target, row, typeof(TLanes) == typeof(Lanes512));
        }
    }
}
