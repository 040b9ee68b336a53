using Agents.Numerics.Memory;

namespace Agents.Numerics.Quantized;

/// <summary>
/// Rounded activations of a batch, made once and shared by all weights that read them (query, key and value; gate and up). Reused: grows when a batch is larger
/// than any before, and otherwise allocates nothing.
/// </summary>
public sealed unsafe class QuantizedRows : IDisposable
{
    private AlignedBuffer<sbyte> _codes = new(0);
    private AlignedBuffer<float> _scales = new(0);
    private AlignedBuffer<float> _scaledSums = new(0);
    private AlignedBuffer<int> _sums = new(0);

    /// <summary>Gets how the rows are rounded.</summary>
    public ActivationFormat Format { get; private set; }

    /// <summary>Gets the number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Gets the elements per row.</summary>
    public int Columns { get; private set; }

    /// <summary>Gets the elements per scale: 32 or 256.</summary>
    public int BlockElements => Format == ActivationFormat.Block256 ? 256 : 32;

    /// <summary>Gets the elements per entry of <see cref="Sums"/>: 32, or 16 in blocks of 256.</summary>
    public int SumElements => Format == ActivationFormat.Block256 ? 16 : 32;

    /// <summary>Gets the blocks per row.</summary>
    public int BlocksPerRow => Columns / BlockElements;

    /// <summary>Gets the bytes from one row of codes to the next: the columns.</summary>
    public int CodeStride => Columns;

    /// <summary>Gets the codes, [rows, columns].</summary>
    public sbyte* Codes => _codes.Data;

    /// <summary>Gets the scales d, [rows, blocks].</summary>
    public float* Scales => _scales.Data;

    /// <summary>Gets the sums of codes, [rows, columns / <see cref="SumElements"/>].</summary>
    public int* Sums => _sums.Data;

    /// <summary>Gets s = d·Σq rounded to half, [rows, blocks]; only in <see cref="ActivationFormat.Block32WithSum"/>.</summary>
    public float* ScaledSums => _scaledSums.Data;

    /// <summary>Makes room for a batch. The contents are undefined until a kernel writes them.</summary>
    /// <param name="format">How the rows are rounded; not <see cref="ActivationFormat.Single"/>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Elements per row, whole blocks.</param>
    /// <exception cref="ArgumentException">The columns are no whole number of blocks.</exception>
    public void Reset(ActivationFormat format, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfEqual((int)format, (int)ActivationFormat.Single, nameof(format));
        Format = format;
        if (columns % BlockElements != 0)
        {
            throw new ArgumentException($"{columns} columns are no whole number of blocks of {BlockElements}.", nameof(columns));
        }

        Rows = rows;
        Columns = columns;
        long blocks = (long)rows * BlocksPerRow;
        Grow(ref _codes, (long)rows * columns);
        Grow(ref _scales, blocks);
        Grow(ref _sums, (long)rows * (columns / SumElements));
        if (format == ActivationFormat.Block32WithSum)
        {
            Grow(ref _scaledSums, blocks);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _codes.Dispose();
        _scales.Dispose();
        _scaledSums.Dispose();
        _sums.Dispose();
    }

    private static void Grow<T>(ref AlignedBuffer<T> buffer, long length)
        where T : unmanaged
    {
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = new AlignedBuffer<T>(length);
        }
    }
}
