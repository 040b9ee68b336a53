namespace Agents.Numerics.Quantized;

/// <summary>A run of equally wide elements at one place of every stored block: scales, bit planes or codes.</summary>
/// <param name="Offset">Bytes from the start of the stored block.</param>
/// <param name="Width">Bytes of an element: 1, 2 or 4. Elements are what stays together when rows are interleaved.</param>
/// <param name="Count">Elements per block.</param>
/// <param name="Flip">Mask that is applied to every byte by exclusive or; 0x80 turns signed bytes into bytes with offset 128.</param>
public readonly record struct PanelSection(int Offset, int Width, int Count, byte Flip = 0)
{
    /// <summary>Gets the bytes per stored block.</summary>
    public int Bytes => Width * Count;
}
