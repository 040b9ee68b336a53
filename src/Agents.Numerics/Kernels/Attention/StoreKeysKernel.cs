using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>Copies keys into the transposed store; items are key/value heads.</summary>
internal unsafe struct StoreKeysKernel : ILaneKernel
{
    public AttentionShape Shape;
    public MatrixView<float> Keys;
    public float* Store;
    public int Capacity;
    public int Position;

    /// <inheritdoc/>
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int head = first; head < first + count; head++)
        {
            KeyStore.Write(
                Keys.ColumnRange(head * Shape.HeadSize, Shape.HeadSize), Store + ((long)head * Capacity * Shape.HeadSize), Position);
        }
    }
}
