namespace Agents.Numerics.Formats;

/// <summary>
/// Encoder and decoder of one element type. Rows are coded independently and are whole numbers of blocks, so any run of whole blocks
/// may be coded on its own. Implementations are stateless and safe for concurrent use.
/// </summary>
/// <remarks>
/// A new format is one small file: derive, implement the two block methods, and add the instance to <see cref="BlockFormats"/>.
/// Stored numbers are little-endian, and so must the machine be: bytes are reinterpreted, not swapped.
/// </remarks>
public abstract class BlockFormat
{
    /// <summary>Creates the codec of a named type.</summary>
    /// <param name="type">A type whose layout is known.</param>
    /// <exception cref="ArgumentException">The type has no known layout.</exception>
    protected BlockFormat(ElementType type)
    {
        if (!BlockLayouts.TryGet(type, out BlockLayout layout))
        {
            throw new ArgumentException($"The element type {(int)type} has no layout in {nameof(BlockLayouts)}.", nameof(type));
        }

        Type = type;
        Layout = layout;
    }

    /// <summary>The element type.</summary>
    public ElementType Type { get; }

    /// <summary>Elements and bytes per block.</summary>
    public BlockLayout Layout { get; }

    /// <summary>Name in the field's words, such as <c>Q8_0</c>.</summary>
    public string Name => Type.ToString();

    /// <summary>Elements per block.</summary>
    public int BlockElements => Layout.Elements;

    /// <summary>Bytes per block.</summary>
    public int BlockBytes => Layout.Bytes;

    /// <summary>Bits per weight with everything counted.</summary>
    public double BitsPerWeight => 8.0 * Layout.Bytes / Layout.Elements;

    /// <summary>Bytes of a number of elements.</summary>
    /// <param name="elements">A multiple of <see cref="BlockElements"/>, at least 0.</param>
    /// <returns>The number of bytes.</returns>
    /// <exception cref="ArgumentException">The count is negative, no multiple of the block, or too large.</exception>
    public long ByteCount(long elements) =>
        Layout.TryGetByteCount(elements, out long bytes)
            ? bytes
            : throw new ArgumentException($"{elements} elements are no whole number of {Name} blocks of {BlockElements}.", nameof(elements));

    /// <summary>Decodes whole blocks.</summary>
    /// <param name="source">The stored bytes, exactly those of the destination's elements.</param>
    /// <param name="destination">Receives the values; a multiple of <see cref="BlockElements"/> long.</param>
    /// <exception cref="ArgumentException">The two lengths do not belong together.</exception>
    public void Dequantize(ReadOnlySpan<byte> source, Span<float> destination)
    {
        RequireMatch(destination.Length, source.Length);
        DecodeBlocks(source, destination);
    }

    /// <summary>Encodes whole blocks.</summary>
    /// <param name="source">The values; a multiple of <see cref="BlockElements"/> long.</param>
    /// <param name="destination">Receives the bytes, exactly as many as the elements need.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together, or the format cannot hold a value (see the format).</exception>
    public void Quantize(ReadOnlySpan<float> source, Span<byte> destination)
    {
        RequireMatch(source.Length, destination.Length);
        EncodeBlocks(source, destination);
    }

    /// <summary>Decodes; the lengths have been checked.</summary>
    /// <param name="source">Whole blocks.</param>
    /// <param name="destination">Their elements.</param>
    protected abstract void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination);

    /// <summary>Encodes; the lengths have been checked.</summary>
    /// <param name="source">Elements of whole blocks.</param>
    /// <param name="destination">Their bytes.</param>
    protected abstract void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination);

    private void RequireMatch(int elements, int bytes)
    {
        if (!Layout.TryGetByteCount(elements, out long needed) || needed != bytes)
        {
            throw new ArgumentException(
                $"{elements} elements do not fit {bytes} bytes of {Name}: a block has {BlockElements} elements in {BlockBytes} bytes.");
        }
    }
}
