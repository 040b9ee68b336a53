using System.Diagnostics.CodeAnalysis;
using Agents.Models.Checkpoints;
using Agents.Models.Files;
using Agents.Numerics.Formats;

namespace Agents.Models.Safetensors;

/// <summary>
/// One open safetensors file. The whole header is checked when it is opened; tensor data stays in the mapped file and is read on demand.
/// Safe for concurrent reading; not for reading while it is disposed.
/// </summary>
/// <remarks>
/// The content is treated as hostile: only <see cref="ModelFormatException"/> reports it. A file that is in use must not be shortened
/// (replace it by rename instead). For models in several files see <see cref="SafetensorsCheckpoint"/>.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    // Values are decoded in pieces, because a tensor may be larger than one span.
    private const int PieceElements = 1 << 26;

    private readonly FileImage _image;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(FileImage image)
    {
        _image = image;
        _header = SafetensorsHeader.Parse(image);
    }

    /// <summary>What messages call the file: its path, or the name given for a stream.</summary>
    public string Name => _image.Name;

    /// <summary>The strings of <c>__metadata__</c>; empty when the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The tensors in the order of the header.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => _header.Tensors.Values;

    /// <summary>Maps a file and checks its header.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, truncated, hostile, or a pickle checkpoint.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        PickleCheckpoint.RefuseByName(path);
        return Open(FileImage.Map(path));
    }

    /// <summary>Reads a stream to its end into memory and checks its header.</summary>
    /// <param name="stream">The stream, up to 2 GiB from its current position; may be closed afterwards.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, truncated, hostile, or a pickle checkpoint.</exception>
    public static SafetensorsFile Open(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Open(FileImage.Copy(stream, name));
    }

    /// <summary>Looks a tensor up.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tensor">The tensor; null when the result is false.</param>
    /// <returns>False when there is no such tensor.</returns>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out SafetensorsTensor? tensor) => _header.Tensors.TryGetValue(name, out tensor);

    /// <summary>The stored bytes of a tensor of any type. The span must not be used after <see cref="Dispose"/>.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <returns>The bytes, at most 2 GiB.</returns>
    /// <exception cref="SafetensorsFormatException">The tensor is larger than a span can be.</exception>
    /// <exception cref="ArgumentException">The tensor is of another file.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public ReadOnlySpan<byte> Data(SafetensorsTensor tensor)
    {
        RequireOwn(tensor);
        return tensor.ByteCount <= int.MaxValue
            ? _image.Slice(_header.DataOffset + tensor.Offset, (int)tensor.ByteCount)
            : throw new SafetensorsFormatException($"{Name}: tensor '{tensor.Name}' of {tensor.ByteCount} bytes is larger than a span can be; decode it instead.");
    }

    /// <summary>Where a matrix lies, for readers that move stored rows without decoding them.</summary>
    /// <param name="tensor">A tensor of this file with two dimensions, in F32, F16 or BF16.</param>
    internal StoredTensor Stored(SafetensorsTensor tensor)
    {
        RequireOwn(tensor);
        return new StoredTensor(_image, tensor.Type!.Value, _header.DataOffset + tensor.Offset, tensor.ByteCount / tensor.Shape[0]);
    }

    /// <summary>Decodes a tensor.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="destination">Receives the values, row-major; exactly as long as the tensor has elements.</param>
    /// <exception cref="SafetensorsFormatException">The type is none of F32, F16 and BF16.</exception>
    /// <exception cref="ArgumentException">The tensor is of another file, or the destination has another length.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void ReadFloats(SafetensorsTensor tensor, Span<float> destination)
    {
        RequireOwn(tensor);
        if (tensor.Type is not { } type)
        {
            throw new SafetensorsFormatException($"{Name}: tensor '{tensor.Name}' is stored as {tensor.DataType}, expected F32, F16 or BF16.");
        }

        if (destination.Length != tensor.ElementCount)
        {
            throw new ArgumentException($"Tensor '{tensor.Name}' has {tensor.ElementCount} elements, the destination {destination.Length}.", nameof(destination));
        }

        BlockFormat format = BlockFormats.Get(type);
        for (int start = 0; start < destination.Length; start += PieceElements)
        {
            Span<float> piece = destination.Slice(start, Math.Min(PieceElements, destination.Length - start));
            long offset = _header.DataOffset + tensor.Offset + ((long)start * format.BlockBytes);
            format.Dequantize(_image.Slice(offset, piece.Length * format.BlockBytes), piece);
        }
    }

    /// <summary>Closes the file. Spans handed out before become invalid.</summary>
    public void Dispose() => _image.Dispose();

    private static SafetensorsFile Open(FileImage image)
    {
        try
        {
            PickleCheckpoint.RefuseByContent(image);
            return new SafetensorsFile(image);
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private void RequireOwn(SafetensorsTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!TryGetTensor(tensor.Name, out SafetensorsTensor? known) || !ReferenceEquals(known, tensor))
        {
            throw new ArgumentException($"The tensor '{tensor.Name}' is not of the file {Name}.", nameof(tensor));
        }
    }
}
