using Agents.Numerics.Threading;

namespace Agents.Numerics.Kernels.Lanes;

/// <summary>A kernel at one vector width, cut into chunks of consecutive items.</summary>
/// <typeparam name="TKernel">The operation.</typeparam>
/// <typeparam name="TLanes">Sixteen floats.</typeparam>
/// <typeparam name="TDoubles">Eight doubles.</typeparam>
internal struct LaneBody<TKernel, TLanes, TDoubles> : IComputeBody
    where TKernel : struct, ILaneKernel
    where TLanes : unmanaged, ILanes<TLanes>
    where TDoubles : unmanaged, IDoubleLanes<TDoubles>
{
    /// <summary>The operation and its arguments.</summary>
    public TKernel Kernel;

    /// <summary>Number of items.</summary>
    public int Items;

    /// <summary>Items per chunk.</summary>
    public int ItemsPerChunk;

    /// <inheritdoc/>
    public void Execute(int chunk, int worker)
    {
        int first = chunk * ItemsPerChunk;
        Kernel.Run<TLanes, TDoubles>(first, Math.Min(ItemsPerChunk, Items - first));
    }
}
