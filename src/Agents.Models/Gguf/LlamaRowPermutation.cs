namespace Agents.Models.Gguf;

/// <summary>
/// Row order of the query and key projections (and of their biases) in GGUF files of architecture <c>llama</c>. Checkpoints rotate the
/// pairs (j, j + h/2) of a head of size h, these files the pairs (2j, 2j + 1): file row 2j + b of a head is checkpoint row b·h/2 + j, b in {0, 1}.
/// Rows move whole, so the elements may be floats or the stored bytes of any block format. Other architectures are stored unpermuted.
/// </summary>
public static class LlamaRowPermutation
{
    /// <summary>The checkpoint row that a file row holds.</summary>
    /// <param name="fileRow">Row index over all heads.</param>
    /// <param name="headSize">Rows per head; even.</param>
    /// <returns>Row index over all heads.</returns>
    public static int CheckpointRow(int fileRow, int headSize)
    {
        int inHead = fileRow % headSize;
        return fileRow - inHead + ((inHead & 1) * (headSize / 2)) + (inHead / 2);
    }

    /// <summary>The file row that a checkpoint row is stored in: the inverse of <see cref="CheckpointRow"/>.</summary>
    /// <param name="checkpointRow">Row index over all heads.</param>
    /// <param name="headSize">Rows per head; even.</param>
    /// <returns>Row index over all heads.</returns>
    public static int FileRow(int checkpointRow, int headSize)
    {
        int inHead = checkpointRow % headSize;
        int half = headSize / 2;
        return checkpointRow - inHead + (2 * (inHead % half)) + (inHead / half);
    }

    /// <summary>Brings rows in checkpoint order into file order.</summary>
    /// <typeparam name="T">Element of a row: byte for stored rows of any format, float for decoded ones.</typeparam>
    /// <param name="checkpoint">Rows in checkpoint order, <c>[heads * headSize, rowLength]</c>.</param>
    /// <param name="file">Receives the rows in file order; must not overlap the source.</param>
    /// <param name="headSize">Rows per head; even.</param>
    /// <param name="rowLength">Elements of type <typeparamref name="T"/> per row; 1 for a bias of floats.</param>
    /// <exception cref="ArgumentException">The lengths are no whole number of heads or differ, or the head size is odd.</exception>
    public static void ToFile<T>(ReadOnlySpan<T> checkpoint, Span<T> file, int headSize, int rowLength)
        where T : unmanaged
    {
        int rows = RequireRows(checkpoint, file, headSize, rowLength);
        for (int row = 0; row < rows; row++)
        {
            checkpoint.Slice(CheckpointRow(row, headSize) * rowLength, rowLength).CopyTo(file[(row * rowLength)..]);
        }
    }

    /// <summary>Brings rows in file order into checkpoint order: the inverse of <see cref="ToFile{T}"/>.</summary>
    /// <typeparam name="T">Element of a row: byte for stored rows of any format, float for decoded ones.</typeparam>
    /// <param name="file">Rows in file order, <c>[heads * headSize, rowLength]</c>.</param>
    /// <param name="checkpoint">Receives the rows in checkpoint order; must not overlap the source.</param>
    /// <param name="headSize">Rows per head; even.</param>
    /// <param name="rowLength">Elements of type <typeparamref name="T"/> per row; 1 for a bias of floats.</param>
    /// <exception cref="ArgumentException">The lengths are no whole number of heads or differ, or the head size is odd.</exception>
    public static void ToCheckpoint<T>(ReadOnlySpan<T> file, Span<T> checkpoint, int headSize, int rowLength)
        where T : unmanaged
    {
        int rows = RequireRows(file, checkpoint, headSize, rowLength);
        for (int row = 0; row < rows; row++)
        {
            file.Slice(row * rowLength, rowLength).CopyTo(checkpoint[(CheckpointRow(row, headSize) * rowLength)..]);
        }
    }

    private static int RequireRows<T>(ReadOnlySpan<T> source, Span<T> destination, int headSize, int rowLength)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowLength);
        if (headSize % 2 != 0)
        {
            throw new ArgumentException($"The head size {headSize} is odd; rotary pairs need an even one.", nameof(headSize));
        }

        if (source.Length != destination.Length || source.Length % rowLength != 0 || source.Length / rowLength % headSize != 0)
        {
            throw new ArgumentException(
                $"{source.Length} elements into {destination.Length}: expected equal numbers of whole heads of {headSize} rows of {rowLength}.",
                nameof(source));
        }

        if (source.Overlaps(destination))
        {
            throw new ArgumentException("Source and destination overlap; rows cannot be moved in place.", nameof(destination));
        }

        return source.Length / rowLength;
    }
}
