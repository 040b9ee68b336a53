namespace Agents.Models;

/// <summary>Widths of one decoder layer. Layers may differ (pruned models); heads · head size need not equal the hidden size.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key/value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadSize">Width of one head, even.</param>
/// <param name="FeedForwardSize">Width of the gated feed-forward part.</param>
public sealed record LayerShape(int Heads, int KeyValueHeads, int HeadSize, int FeedForwardSize)
{
    /// <summary>Gets the width of all query heads together.</summary>
    public int QueryWidth => Heads * HeadSize;

    /// <summary>Gets the width of all key (or value) heads together.</summary>
    public int KeyValueWidth => KeyValueHeads * HeadSize;
}
