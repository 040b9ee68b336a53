using System.Diagnostics.CodeAnalysis;
using Agents.Models.Checkpoints;
using Agents.Models.Files;
using Agents.Numerics.Formats;

namespace Agents.Models.Gguf;

/// <summary>
/// An open GGUF file, version 2 or 3. The whole structure is checked when it is opened; tensor data stays in the mapped file and is read on
/// demand. Safe for concurrent reading; not for reading while it is disposed.
/// </summary>
/// <remarks>
/// The content is treated as hostile: only <see cref="ModelFormatException"/> reports it, and opening allocates less than 16 times the
/// file's size plus 4 MiB. A file that is in use must not be shortened (replace it by rename instead).
/// </remarks>
public sealed class GgufFile : IDisposable
{
    // Rows are decoded in pieces, because a tensor may be larger than one span.
    private const long PieceBytes = 1 << 28;

    private readonly FileImage _image;
    private readonly GgufHeader _header;

    private GgufFile(FileImage image)
    {
        _image = image;
        _header = GgufHeader.Parse(image);
    }

    /// <summary>What messages call the file: its path, or the name given for a stream.</summary>
    public string Name => _image.Name;

    /// <summary>Format version, 2 or 3.</summary>
    public int Version => _header.Version;

    /// <summary>Alignment of tensors in bytes, a power of two.</summary>
    public int Alignment => _header.Alignment;

    /// <summary>First byte of the data part of the file.</summary>
    public long DataOffset => _header.DataOffset;

    /// <summary>Length of the file in bytes.</summary>
    public long Length => _image.Length;

    /// <summary>The key-value part.</summary>
    public GgufMetadata Metadata => _header.Metadata;

    /// <summary>The tensors in file order.</summary>
    public IReadOnlyList<GgufTensor> Tensors => _header.Tensors.Values;

    /// <summary>Maps a file and checks its structure.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, truncated, hostile or of another format or version.</exception>
    public static GgufFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Open(FileImage.Map(path));
    }

    /// <summary>Reads a stream to its end into memory and checks its structure.</summary>
    /// <param name="stream">The stream, up to 2 GiB from its current position; may be closed afterwards.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, truncated, hostile or of another format or version.</exception>
    public static GgufFile Open(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Open(FileImage.Copy(stream, name));
    }

    /// <summary>Looks a tensor up.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tensor">The tensor; null when the result is false.</param>
    /// <returns>False when there is no such tensor.</returns>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out GgufTensor? tensor) => _header.Tensors.TryGetValue(name, out tensor);

    /// <summary>A required tensor.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="GgufFormatException">There is no such tensor.</exception>
    public GgufTensor GetTensor(string name) =>
        TryGetTensor(name, out GgufTensor? tensor)
            ? tensor
            : throw new GgufFormatException($"{Name}: tensor '{name}' is missing ({Tensors.Count} tensors are there).");

    /// <summary>The stored bytes of a tensor. The span must not be used after <see cref="Dispose"/>.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <returns>The bytes; at most 2 GiB, see <see cref="Rows"/> for larger tensors.</returns>
    /// <exception cref="GgufFormatException">The element type is unknown, or the tensor is larger than a span can be.</exception>
    /// <exception cref="ArgumentException">The tensor is of another file.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public ReadOnlySpan<byte> Data(GgufTensor tensor)
    {
        RequireReadable(tensor);
        return Rows(tensor, 0, tensor.RowCount);
    }

    /// <summary>The stored bytes of some rows of a tensor. The span must not be used after <see cref="Dispose"/>.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <returns>The bytes, at most 2 GiB.</returns>
    /// <exception cref="GgufFormatException">The element type is unknown, or the rows are larger than a span can be.</exception>
    /// <exception cref="ArgumentException">The tensor is of another file, or the rows are outside of it.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public ReadOnlySpan<byte> Rows(GgufTensor tensor, long first, long count)
    {
        RequireReadable(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, tensor.RowCount - first);
        long bytes = count * tensor.RowBytes;
        return bytes <= int.MaxValue
            ? _image.Slice(_header.DataOffset + tensor.Offset + (first * tensor.RowBytes), (int)bytes)
            : throw new GgufFormatException($"{Name}: {count} rows of tensor '{tensor.Name}' are {bytes} bytes; read at most {int.MaxValue} at a time.");
    }

    /// <summary>Where a tensor lies, for readers that move stored rows without decoding them.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    internal StoredTensor Stored(GgufTensor tensor)
    {
        RequireReadable(tensor);
        return new StoredTensor(_image, tensor.Type, _header.DataOffset + tensor.Offset, tensor.RowBytes);
    }

    /// <summary>Decodes a whole tensor.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="destination">Receives the values, row by row; exactly as long as the tensor has elements.</param>
    /// <exception cref="GgufFormatException">This build cannot decode the element type.</exception>
    /// <exception cref="ArgumentException">The tensor is of another file, or the destination has another length.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void ReadFloats(GgufTensor tensor, Span<float> destination)
    {
        RequireReadable(tensor);
        ReadFloats(tensor, 0, tensor.RowCount, destination);
    }

    /// <summary>Decodes some rows of a tensor.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="destination">Receives the values, <c>[count, rowLength]</c>.</param>
    /// <exception cref="GgufFormatException">This build cannot decode the element type.</exception>
    /// <exception cref="ArgumentException">The tensor is of another file, the rows are outside of it, or the destination has another length.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void ReadFloats(GgufTensor tensor, long first, long count, Span<float> destination)
    {
        RequireReadable(tensor);
        if (!BlockFormats.TryGet(tensor.Type, out BlockFormat? format))
        {
            throw new GgufFormatException($"{Name}: tensor '{tensor.Name}' is stored as {tensor.Type}, which this build cannot decode.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count > int.MaxValue / tensor.RowLength || count * tensor.RowLength != destination.Length)
        {
            throw new ArgumentException(
                $"{count} rows of {tensor.RowLength} elements of tensor '{tensor.Name}' do not fill {destination.Length} floats.", nameof(destination));
        }

        long rowsPerPiece = Math.Max(1, PieceBytes / tensor.RowBytes);
        for (long row = 0; row < count; row += rowsPerPiece)
        {
            long rows = Math.Min(rowsPerPiece, count - row);
            Span<float> piece = destination.Slice((int)(row * tensor.RowLength), (int)(rows * tensor.RowLength));
            format.Dequantize(Rows(tensor, first + row, rows), piece);
        }
    }

    /// <summary>Closes the file. Spans handed out before become invalid.</summary>
    public void Dispose() => _image.Dispose();

    private static GgufFile Open(FileImage image)
    {
        try
        {
            return new GgufFile(image);
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private void RequireReadable(GgufTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!TryGetTensor(tensor.Name, out GgufTensor? known) || !ReferenceEquals(known, tensor))
        {
            throw new ArgumentException($"The tensor '{tensor.Name}' is not of the file {Name}.", nameof(tensor));
        }

        if (!BlockLayouts.TryGet(tensor.Type, out _))
        {
            throw new GgufFormatException($"{Name}: tensor '{tensor.Name}' is stored as {BlockLayouts.NameOf(tensor.Type)}, which this build does not know.");
        }
    }
}
