namespace Agents.Numerics.Kernels;

/// <summary>Head layout of grouped-query attention. Query head i reads key/value head i / (Heads / KeyValueHeads).</summary>
/// <param name="Heads">Number of query heads.</param>
/// <param name="KeyValueHeads">Number of key/value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadSize">Width of a head.</param>
public readonly record struct AttentionShape(int Heads, int KeyValueHeads, int HeadSize)
{
    /// <summary>Keys are stored transposed in blocks of this many positions, so that one vector holds one component of 16 keys.</summary>
    public const int KeyBlock = 16;

    /// <summary>Keys are reduced in ranges of this many positions, which are joined in order (see <see cref="IAttentionKernels{T}"/>), so that several threads may share one long row.</summary>
    public const int KeyRange = 512;

    /// <summary>Gets the width of a query row.</summary>
    public int QueryWidth => Heads * HeadSize;

    /// <summary>Gets the width of a key or value row.</summary>
    public int KeyValueWidth => KeyValueHeads * HeadSize;
}
