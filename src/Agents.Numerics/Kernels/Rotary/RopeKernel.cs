using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Rotary;

/// <summary>Rotates pairs (j, j + half) of every head; items are rows.</summary>
internal unsafe struct RopeKernel : ILaneKernel
{
    public MatrixView<float> X;
    public int HeadSize;
    public int* Positions;
    public MatrixView<float> CosSin;
    public bool Inverse;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        int half = HeadSize / 2;
        int full = half & ~15;
        TLanes sign = TLanes.Broadcast(Inverse ? -1f : 1f);
        TLanes minus = TLanes.Broadcast(-1f);
        for (int row = first; row < first + count; row++)
        {
            float* angles = CosSin.Row(Positions[row]);
            float* x = X.Row(row);
            for (int head = 0; head < X.Columns; head += HeadSize)
            {
                float* lower = x + head;
                float* upper = lower + half;
                for (int j = 0; j < full; j += 16)
                {
                    TLanes cosine = TLanes.Load(angles + j);
                    TLanes sine = TLanes.Load(angles + half + j) * sign;
                    TLanes p = TLanes.Load(lower + j);
                    TLanes q = TLanes.Load(upper + j);
                    TLanes.Store(TLanes.MultiplyAdd(p, cosine, q * sine * minus), lower + j);
                    TLanes.Store(TLanes.MultiplyAdd(q, cosine, p * sine), upper + j);
                }

                for (int j = full; j < half; j++)
                {
                    float cosine = angles[j];
                    float sine = Inverse ? -angles[half + j] : angles[half + j];
                    float p = lower[j];
                    float q = upper[j];
                    lower[j] = MathF.FusedMultiplyAdd(p, cosine, -(q * sine));
                    upper[j] = MathF.FusedMultiplyAdd(q, cosine, p * sine);
                }
            }
        }
    }
}
