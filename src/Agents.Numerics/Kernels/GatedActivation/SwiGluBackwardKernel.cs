using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.GatedActivation;

/// <summary>dUp = d·z·σ(z), dGate = d·u·σ(z)·(1 + z·(1 − σ(z))); items are rows.</summary>
internal unsafe struct SwiGluBackwardKernel : ILaneKernel
{
    public MatrixView<float> DOutput;
    public MatrixView<float> Gate;
    public MatrixView<float> Up;
    public MatrixView<float> DGate;
    public MatrixView<float> DUp;

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
            float* dOutput = DOutput.Row(row);
            float* gate = Gate.Row(row);
            float* up = Up.Row(row);
            float* dGate = DGate.Row(row);
            float* dUp = DUp.Row(row);
            for (int column = 0; column < full; column += 16)
            {
                Differentiate(
                    TLanes.Load(dOutput + column), TLanes.Load(gate + column), TLanes.Load(up + column), out TLanes byGate, out TLanes byUp);
                TLanes.Store(byGate, dGate + column);
                TLanes.Store(byUp, dUp + column);
            }

            if (tail > 0)
            {
                Differentiate(
                    LaneTail.Load<TLanes>(dOutput + full, tail),
                    LaneTail.Load<TLanes>(gate + full, tail),
                    LaneTail.Load<TLanes>(up + full, tail),
                    out TLanes byGate,
                    out TLanes byUp);
                LaneTail.Store(byGate, dGate + full, tail);
                LaneTail.Store(byUp, dUp + full, tail);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Differentiate<TLanes>(TLanes upstream, TLanes z, TLanes up, out TLanes byGate, out TLanes byUp)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1f);
        TLanes sigmoid = Sigmoid.Of(z);
        byGate = upstream * up * sigmoid * TLanes.MultiplyAdd(z, one - sigmoid, one);
        byUp = upstream * (z * sigmoid);
    }
}
