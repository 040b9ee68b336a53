using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Rows;

/// <summary>table[ids[i]] += source[i] by ascending i; without ids every row goes to the first (column sums). Items are groups of 16 columns.</summary>
internal unsafe struct ScatterAddKernel : ILaneKernel
{
    public MatrixView<float> Source;
    public int* Ids;
    public MatrixView<float> Table;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        int column = first * 16;
        int width = Math.Min(count * 16, Source.Columns - column);
        for (int row = 0; row < Source.Rows; row++)
        {
            AddKernel.AddInto<TLanes>(Source.Row(row) + column, Table.Row(Ids == null ? 0 : Ids[row]) + column, width);
        }
    }
}
