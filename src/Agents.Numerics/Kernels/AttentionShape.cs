namespace Agents.Numerics.Kernels;

/// <summary>Head layout of grouped-query attention. Query head i reads key/value head i / (Heads / KeyValueHeads).</summary>
/// <param name="Heads">Number of query heads.</param>
/// <param name="KeyValueHeads">Number of key/value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadSize">Width of a head.</param>
public readonly record struct AttentionShape(int Heads, int KeyValueHeads, int HeadSize)
{
    /// <summary>Keys are stored transposed in blocks of this many positions, so that one vector holds one component of 16 keys.</summary>
    public const int KeyBlock = 16;

    /// <summary>Gets the width of a query row.</summary>
    public int QueryWidth => Heads * HeadSize;

    /// <summary>Gets the width of a key or value row.</summary>
    public int KeyValueWidth => KeyValueHeads * HeadSize;

    /// <summary>Returns how many elements the key store of one sequence needs: [key/value head, block, head size, 16].</summary>
    /// <param name="capacity">Positions; a multiple of <see cref="KeyBlock"/>.</param>
    public long KeyStoreLength(int capacity) => (long)KeyValueHeads * capacity * HeadSize;
}
