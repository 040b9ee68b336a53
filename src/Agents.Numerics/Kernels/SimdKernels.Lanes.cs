using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels;

/// <content>Runs lane kernels at the width of the path.</content>
public sealed unsafe partial class SimdKernels : IKernels<float>
{
    // Below this much work a chunk costs more to hand over than to do.
    private const int ElementsPerChunk = 16384;

    /// <summary>Rows of a chunk that has enough work.</summary>
    private static int RowsPerChunk(int columns) => Math.Max(1, ElementsPerChunk / Math.Max(1, columns));

    private void RunItems<TKernel>(TKernel kernel, int items, int itemsPerChunk)
        where TKernel : struct, ILaneKernel
    {
        switch (Path)
        {
            case KernelPath.Avx512:
                RunLanes<TKernel, Lanes512, DoubleLanes512>(kernel, items, itemsPerChunk);
                break;
            case KernelPath.Avx2:
                RunLanes<TKernel, Lanes256, DoubleLanes256>(kernel, items, itemsPerChunk);
                break;
            default:
                RunLanes<TKernel, Lanes128, DoubleLanes128>(kernel, items, itemsPerChunk);
                break;
        }
    }

    private void RunLanes<TKernel, TLanes, TDoubles>(TKernel kernel, int items, int itemsPerChunk)
        where TKernel : struct, ILaneKernel
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        if (items <= 0)
        {
            return;
        }

        LaneBody<TKernel, TLanes, TDoubles> body = new() { Kernel = kernel, Items = items, ItemsPerChunk = itemsPerChunk };
        Run(ref body, (int)(((long)items + itemsPerChunk - 1) / itemsPerChunk));
    }
}
