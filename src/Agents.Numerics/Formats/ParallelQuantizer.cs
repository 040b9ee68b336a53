namespace Agents.Numerics.Formats;

/// <summary>Encodes long runs of blocks on several threads. The bytes are those of <see cref="BlockFormat.Quantize"/>: blocks know nothing of each other.</summary>
public static unsafe class ParallelQuantizer
{
    /// <summary>Elements per piece of work, a multiple of every block: some hundred microseconds of the slow searches.</summary>
    private const int PieceElements = 1 << 13;

    /// <summary>Encodes whole blocks.</summary>
    /// <param name="format">The format.</param>
    /// <param name="source">The values; a multiple of the block long.</param>
    /// <param name="destination">Receives the bytes, exactly as many as the elements need.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together, or the format cannot hold a value; the message names the first such block.</exception>
    public static void Quantize(BlockFormat format, ReadOnlySpan<float> source, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(format);
        bool plain = format.BlockElements == 1;
        bool matches = format.Layout.TryGetByteCount(source.Length, out long bytes) && bytes == destination.Length;
        if (plain || !matches || source.Length <= PieceElements || !TryQuantize(format, source, destination))
        {
            // The plain loop is also what names the first bad block, whichever thread met one first.
            format.Quantize(source, destination);
        }
    }

    private static bool TryQuantize(BlockFormat format, ReadOnlySpan<float> source, Span<byte> destination)
    {
        int pieces = ((source.Length - 1) / PieceElements) + 1;
        int pieceBytes = (int)format.ByteCount(PieceElements);
        int elements = source.Length;
        int bytes = destination.Length;
        fixed (float* values = source)
        fixed (byte* stored = destination)
        {
            nint from = (nint)values;
            nint to = (nint)stored;
            try
            {
                Parallel.For(0, pieces, piece =>
                {
                    int first = piece * PieceElements;
                    int firstByte = piece * pieceBytes;
                    format.Quantize(
                        new ReadOnlySpan<float>((float*)from + first, Math.Min(PieceElements, elements - first)),
                        new Span<byte>((byte*)to + firstByte, Math.Min(pieceBytes, bytes - firstByte)));
                });
                return true;
            }
            catch (AggregateException error) when (error.InnerExceptions.All(inner => inner is ArgumentException))
            {
                return false;
            }
        }
    }
}
