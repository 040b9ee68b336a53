namespace Agents.Numerics.Kernels;

/// <summary>Some consecutive query rows that look at the keys and values of one sequence (or of one packed document).</summary>
public unsafe struct AttentionSegment
{
    /// <summary>First query row in the batch.</summary>
    public int QueryStart;

    /// <summary>Number of query rows.</summary>
    public int QueryCount;

    /// <summary>Layout of the pages; its shape is the shape of the call.</summary>
    public KeyValueLayout Layout;

    /// <summary>Pages in order of positions: page i holds positions i · PagePositions and on. A store in one piece is one page.</summary>
    public byte** Pages;

    /// <summary>Byte offset of this layer in every page.</summary>
    public long PageOffset;

    /// <summary>Number of keys that exist, those of the query rows included.</summary>
    public int KeyCount;

    /// <summary>Query i of the segment sees keys 0 … i + VisibleOffset (causal with a past of VisibleOffset positions).</summary>
    public int VisibleOffset;

    /// <summary>Optional mask [QueryCount, KeyCount], 1 = visible; replaces the causal rule. A row without visible keys gives zeros.</summary>
    public byte* Mask;

    /// <summary>Number of keys that a query may see; all of them under a mask.</summary>
    /// <param name="query">Query of the segment.</param>
    public readonly int VisibleKeys(int query) => Mask != null ? KeyCount : (int)Math.Clamp((long)query + VisibleOffset + 1, 0, KeyCount);

    /// <summary>This layer's bytes in the page that holds a position.</summary>
    /// <param name="position">A position.</param>
    public readonly byte* PageOf(int position) => Pages[(uint)position / (uint)Layout.PagePositions] + PageOffset;
}
