using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Rows;

/// <summary>target += source; items are rows. A source of stride 0 adds one row to all.</summary>
internal unsafe struct AddKernel : ILaneKernel
{
    public MatrixView<float> Source;
    public MatrixView<float> Target;

    /// <summary>target[i] += source[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddInto<TLanes>(float* source, float* target, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int column = 0;
        for (; column + 16 <= count; column += 16)
        {
            TLanes.Store(TLanes.Load(target + column) + TLanes.Load(source + column), target + column);
        }

        for (; column < count; column++)
        {
            target[column] += source[column];
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int row = first; row < first + count; row++)
        {
            AddInto<TLanes>(Source.Row(row), Target.Row(row), Target.Columns);
        }
    }
}
