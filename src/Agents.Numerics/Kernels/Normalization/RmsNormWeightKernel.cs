using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Normalization;

/// <summary>dWeight += Σ over ascending rows of dy·(x·r); items are groups of 16 columns.</summary>
internal unsafe struct RmsNormWeightKernel : ILaneKernel
{
    public MatrixView<float> DY;
    public MatrixView<float> X;
    public float* InverseRms;
    public float* DWeight;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        int column = first * 16;
        int end = Math.Min(column + (count * 16), X.Columns);
        for (; column + 64 <= end; column += 64)
        {
            float* target = DWeight + column;
            TLanes a = TLanes.Load(target);
            TLanes b = TLanes.Load(target + 16);
            TLanes c = TLanes.Load(target + 32);
            TLanes d = TLanes.Load(target + 48);
            for (int row = 0; row < X.Rows; row++)
            {
                float* x = X.Row(row) + column;
                float* dy = DY.Row(row) + column;
                TLanes r = TLanes.Broadcast(InverseRms[row]);
                a = TLanes.MultiplyAdd(TLanes.Load(dy), TLanes.Load(x) * r, a);
                b = TLanes.MultiplyAdd(TLanes.Load(dy + 16), TLanes.Load(x + 16) * r, b);
                c = TLanes.MultiplyAdd(TLanes.Load(dy + 32), TLanes.Load(x + 32) * r, c);
                d = TLanes.MultiplyAdd(TLanes.Load(dy + 48), TLanes.Load(x + 48) * r, d);
            }

            TLanes.Store(a, target);
            TLanes.Store(b, target + 16);
            TLanes.Store(c, target + 32);
            TLanes.Store(d, target + 48);
        }

        for (; column + 16 <= end; column += 16)
        {
            TLanes sum = TLanes.Load(DWeight + column);
            for (int row = 0; row < X.Rows; row++)
            {
                sum = TLanes.MultiplyAdd(TLanes.Load(DY.Row(row) + column), TLanes.Load(X.Row(row) + column) * TLanes.Broadcast(InverseRms[row]), sum);
            }

            TLanes.Store(sum, DWeight + column);
        }

        for (; column < end; column++)
        {
            float sum = DWeight[column];
            for (int row = 0; row < X.Rows; row++)
            {
                sum = MathF.FusedMultiplyAdd(DY.Row(row)[column], X.Row(row)[column] * InverseRms[row], sum);
            }

            DWeight[column] = sum;
        }
    }
}
