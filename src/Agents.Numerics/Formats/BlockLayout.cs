namespace Agents.Numerics.Formats;

/// <summary>Size of the smallest unit of an element type: how many elements it holds, in how many bytes.</summary>
/// <param name="Elements">Elements per block; 1 for plain number types. The row length of a tensor is a multiple of it.</param>
/// <param name="Bytes">Bytes per block.</param>
public readonly record struct BlockLayout(int Elements, int Bytes)
{
    /// <summary>Bytes of <paramref name="elements"/> elements, safe for counts that come from untrusted files.</summary>
    /// <param name="elements">Number of elements of whole rows.</param>
    /// <param name="bytes">The number of bytes; 0 when the result is false.</param>
    /// <returns>False when the count is negative, no multiple of the block, or too large for 64 bits.</returns>
    public bool TryGetByteCount(long elements, out long bytes)
    {
        bytes = 0;
        if (elements < 0 || elements % Elements != 0)
        {
            return false;
        }

        long blocks = elements / Elements;
        if (blocks > long.MaxValue / Bytes)
        {
            return false;
        }

        bytes = blocks * Bytes;
        return true;
    }
}
