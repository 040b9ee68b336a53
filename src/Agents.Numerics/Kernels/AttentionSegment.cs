namespace Agents.Numerics.Kernels;

/// <summary>Some consecutive query rows that look at the keys and values of one sequence (or of one packed document).</summary>
/// <typeparam name="T">Element type.</typeparam>
public unsafe struct AttentionSegment<T>
    where T : unmanaged
{
    /// <summary>First query row in the batch.</summary>
    public int QueryStart;

    /// <summary>Number of query rows.</summary>
    public int QueryCount;

    /// <summary>Key store [key/value head, capacity / 16, head size, 16], filled by <see cref="IAttentionKernels{T}.StoreKeys"/>.</summary>
    public T* Keys;

    /// <summary>Values [capacity, key/value heads · head size].</summary>
    public T* Values;

    /// <summary>Positions that the store can hold; a multiple of 16.</summary>
    public int Capacity;

    /// <summary>Number of keys that exist.</summary>
    public int KeyCount;

    /// <summary>Query i of the segment sees keys 0 … i + VisibleOffset (causal with a past of VisibleOffset positions).</summary>
    public int VisibleOffset;

    /// <summary>Optional mask [QueryCount, KeyCount], 1 = visible; replaces the causal rule. A row without visible keys gives zeros.</summary>
    public byte* Mask;
}
