using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Rows;

/// <summary>target[i] = table[ids[i]]; items are rows of the target.</summary>
internal unsafe struct GatherKernel : ILaneKernel
{
    public MatrixView<float> Table;
    public int* Ids;
    public MatrixView<float> Target;

    /// <inheritdoc/>
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int row = first; row < first + count; row++)
        {
            Unsafe.CopyBlock(Target.Row(row), Table.Row(Ids[row]), (uint)Target.Columns * sizeof(float));
        }
    }
}
