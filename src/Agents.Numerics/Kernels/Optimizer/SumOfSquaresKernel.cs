using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Optimizer;

/// <summary>Σ x² of each chunk of <see cref="ChunkLength"/> values, in 16 lanes of doubles; items are chunks.</summary>
internal unsafe struct SumOfSquaresKernel : ILaneKernel
{
    /// <summary>Values per item.</summary>
    public const int ChunkLength = 1 << 16;

    public float* Values;
    public long Count;
    public double* Sums;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        float* last = stackalloc float[16];
        for (int chunk = first; chunk < first + count; chunk++)
        {
            float* values = Values + ((long)chunk * ChunkLength);
            int length = (int)Math.Min(ChunkLength, Count - ((long)chunk * ChunkLength));
            TDoubles lower = TDoubles.Broadcast(0);
            TDoubles upper = TDoubles.Broadcast(0);
            int i = 0;
            for (; i + 16 <= length; i += 16)
            {
                TDoubles a = TDoubles.Widen(values + i);
                TDoubles b = TDoubles.Widen(values + i + 8);
                lower = TDoubles.MultiplyAdd(a, a, lower);
                upper = TDoubles.MultiplyAdd(b, b, upper);
            }

            if (i < length)
            {
                TLanes.Store(LaneTail.Load<TLanes>(values + i, length - i), last);
                TDoubles a = TDoubles.Widen(last);
                TDoubles b = TDoubles.Widen(last + 8);
                lower = TDoubles.MultiplyAdd(a, a, lower);
                upper = TDoubles.MultiplyAdd(b, b, upper);
            }

            Sums[chunk] = TDoubles.Fold(lower + upper);
        }
    }
}
