using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Normalization;

/// <summary>dx = r·g − x·r³·c/n with g = dy·weight and c = Σ g·x; items are rows.</summary>
internal unsafe struct RmsNormBackwardKernel : ILaneKernel
{
    public MatrixView<float> DY;
    public MatrixView<float> X;
    public float* Weight;
    public float* InverseRms;
    public MatrixView<float> DX;
    public bool Accumulate;

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
            float* dy = DY.Row(row);
            float* dx = DX.Row(row);
            TLanes sum = TLanes.Broadcast(0);
            for (int column = 0; column < full; column += 16)
            {
                TLanes g = TLanes.Load(dy + column) * TLanes.Load(Weight + column);
                sum = TLanes.MultiplyAdd(g, TLanes.Load(x + column), sum);
            }

            if (tail > 0)
            {
                TLanes g = LaneTail.Load<TLanes>(dy + full, tail) * LaneTail.Load<TLanes>(Weight + full, tail);
                sum = TLanes.MultiplyAdd(g, LaneTail.Load<TLanes>(x + full, tail), sum);
            }

            float r = InverseRms[row];
            TLanes scale = TLanes.Broadcast(r);
            TLanes factor = TLanes.Broadcast(-(r * r * r * (TLanes.Fold(sum) / columns)));
            for (int column = 0; column < full; column += 16)
            {
                TLanes g = TLanes.Load(dy + column) * TLanes.Load(Weight + column);
                TLanes gradient = TLanes.MultiplyAdd(factor, TLanes.Load(x + column), scale * g);
                TLanes.Store(Accumulate ? TLanes.Load(dx + column) + gradient : gradient, dx + column);
            }

            if (tail > 0)
            {
                TLanes g = LaneTail.Load<TLanes>(dy + full, tail) * LaneTail.Load<TLanes>(Weight + full, tail);
                TLanes gradient = TLanes.MultiplyAdd(factor, LaneTail.Load<TLanes>(x + full, tail), scale * g);
                LaneTail.Store(Accumulate ? LaneTail.Load<TLanes>(dx + full, tail) + gradient : gradient, dx + full, tail);
            }
        }
    }
}
