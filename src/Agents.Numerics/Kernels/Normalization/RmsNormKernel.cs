using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Normalization;

/// <summary>y = x · r · weight with r = (mean x² + epsilon)^(-1/2); items are rows.</summary>
internal unsafe struct RmsNormKernel : ILaneKernel
{
    public MatrixView<float> X;
    public float* Weight;
    public float Epsilon;
    public MatrixView<float> Y;
    public float* InverseRms;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        int columns = X.Columns;
        int full = columns & ~15;
        int tail = columns - full;
        for (int row = first; row < first + count; row++)
        {
            float* x = X.Row(row);
            float* y = Y.Row(row);
            TLanes sum = TLanes.Broadcast(0);
            for (int column = 0; column < full; column += 16)
            {
                TLanes value = TLanes.Load(x + column);
                sum = TLanes.MultiplyAdd(value, value, sum);
            }

            TLanes last = default;
            if (tail > 0)
            {
                last = LaneTail.Load<TLanes>(x + full, tail);
                sum = TLanes.MultiplyAdd(last, last, sum);
            }

            float r = 1f / MathF.Sqrt((TLanes.Fold(sum) / columns) + Epsilon);
            TLanes scale = TLanes.Broadcast(r);
            for (int column = 0; column < full; column += 16)
            {
                TLanes.Store(TLanes.Load(x + column) * scale * TLanes.Load(Weight + column), y + column);
            }

            if (tail > 0)
            {
                LaneTail.Store(last * scale * LaneTail.Load<TLanes>(Weight + full, tail), y + full, tail);
            }

            if (InverseRms != null)
            {
                InverseRms[row] = r;
            }
        }
    }
}
