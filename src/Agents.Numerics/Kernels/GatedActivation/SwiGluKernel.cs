using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.GatedActivation;

/// <summary>output = gate · σ(gate) · up; items are rows.</summary>
internal unsafe struct SwiGluKernel : ILaneKernel
{
    public MatrixView<float> Gate;
    public MatrixView<float> Up;
    public MatrixView<float> Output;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        int full = Gate.Columns & ~15;
        int tail = Gate.Columns - full;
        for (int row = first; row < first + count; row++)
        {
            float* gate = Gate.Row(row);
            float* up = Up.Row(row);
            float* output = Output.Row(row);
            for (int column = 0; column < full; column += 16)
            {
                TLanes z = TLanes.Load(gate + column);
                TLanes.Store(z * Sigmoid.Of(z) * TLanes.Load(up + column), output + column);
            }

            if (tail > 0)
            {
                TLanes z = LaneTail.Load<TLanes>(gate + full, tail);
                LaneTail.Store(z * Sigmoid.Of(z) * LaneTail.Load<TLanes>(up + full, tail), output + full, tail);
            }
        }
    }
}
