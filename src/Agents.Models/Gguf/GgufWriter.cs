using System.Text;
using Agents.Models.Files;
using Agents.Numerics.Formats;

namespace Agents.Models.Gguf;

/// <summary>
/// Writes a GGUF file, version 3. Order of use: all metadata and all tensor declarations, then the data of the tensors (in pieces and in
/// any order of tensors), then <see cref="Commit"/>. The bytes depend on nothing but these calls.
/// </summary>
/// <remarks>
/// Tensors lie one after the other in the order of declaration, each padded to the alignment, as the strictest reader wants it. A path is
/// written atomically: without <see cref="Commit"/> nothing appears under its name.
/// </remarks>
public sealed class GgufWriter : IDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly AtomicFile? _file;
    private readonly Stream _stream;
    private readonly int _alignment;
    private readonly OrderedDictionary<string, GgufValue> _metadata = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, Declaration> _declarations = new(StringComparer.Ordinal);
    private TensorRegions? _regions;
    private bool _committed;

    /// <summary>Starts a file under a path.</summary>
    /// <param name="path">The final path; its folder must exist.</param>
    /// <param name="alignment">Alignment of tensors in bytes, a power of two; other values than 32 are recorded in the file.</param>
    /// <exception cref="ArgumentException">The path is empty or the alignment no power of two.</exception>
    /// <exception cref="IOException">The folder is missing or the path is being written already.</exception>
    public GgufWriter(string path, int alignment = GgufHeader.DefaultAlignment)
        : this(alignment)
    {
        _file = new AtomicFile(path);
        _stream = _file.Stream;
    }

    /// <summary>Starts a file in a stream.</summary>
    /// <param name="stream">An empty, seekable, writable stream; stays open.</param>
    /// <param name="alignment">Alignment of tensors in bytes, a power of two; other values than 32 are recorded in the file.</param>
    /// <exception cref="ArgumentException">The stream cannot seek or is not empty, or the alignment is no power of two.</exception>
    public GgufWriter(Stream stream, int alignment = GgufHeader.DefaultAlignment)
        : this(alignment)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek || !stream.CanWrite || stream.Length != 0)
        {
            throw new ArgumentException("GGUF is written to an empty stream that can seek and write.", nameof(stream));
        }

        _stream = stream;
    }

    private GgufWriter(int alignment)
    {
        if (alignment is <= 0 or > 1 << 30 || !int.IsPow2(alignment))
        {
            throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "The alignment must be a power of two up to 2^30.");
        }

        _stream = Stream.Null;
        _alignment = alignment;
        if (alignment != GgufHeader.DefaultAlignment)
        {
            _metadata.Add(GgufHeader.AlignmentKey, GgufValue.Of((uint)alignment));
        }
    }

    /// <summary>Adds a metadata entry; entries are written in the order of the calls.</summary>
    /// <param name="key">Unique key, 1 to 65535 bytes; not <c>general.alignment</c>, which the constructor sets.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The key is empty, too long, present already, or reserved.</exception>
    /// <exception cref="InvalidOperationException">Data has been written already.</exception>
    public void AddMetadata(string key, GgufValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        RequireDeclaring();
        RequireName(key, GgufHeader.MaximumKeyBytes, "metadata key");
        if (key == GgufHeader.AlignmentKey || !_metadata.TryAdd(key, value))
        {
            throw new ArgumentException($"The metadata key '{key}' is present already or set by the constructor.", nameof(key));
        }
    }

    /// <summary>Adds all entries of another file except its alignment, in their order.</summary>
    /// <param name="metadata">The entries.</param>
    /// <exception cref="ArgumentException">A key is present already.</exception>
    /// <exception cref="InvalidOperationException">Data has been written already.</exception>
    public void AddMetadata(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        foreach ((string key, GgufValue value) in metadata.Values)
        {
            if (key != GgufHeader.AlignmentKey)
            {
                AddMetadata(key, value);
            }
        }
    }

    /// <summary>Declares a tensor; tensors are stored in the order of the calls.</summary>
    /// <param name="name">Unique name, 1 to 63 bytes.</param>
    /// <param name="type">Element type with a known layout.</param>
    /// <param name="shape">Row-major shape, such as <c>[out, in]</c>, with at most four sizes; the last one is a multiple of the type's block.</param>
    /// <exception cref="ArgumentException">The name is empty, too long or present already; the type is unknown; or the shape does not fit.</exception>
    /// <exception cref="InvalidOperationException">Data has been written already.</exception>
    public void DeclareTensor(string name, ElementType type, params ReadOnlySpan<long> shape)
    {
        RequireDeclaring();
        RequireName(name, GgufHeader.MaximumNameBytes, "tensor name");
        if (!BlockLayouts.TryGet(type, out BlockLayout layout))
        {
            throw new ArgumentException($"Tensor '{name}': the element type {BlockLayouts.NameOf(type)} has no known layout.", nameof(type));
        }

        if (shape.Length is 0 or > GgufHeader.MaximumDimensions)
        {
            throw new ArgumentException($"Tensor '{name}' has {shape.Length} dimensions, expected 1 to {GgufHeader.MaximumDimensions}.", nameof(shape));
        }

        long elements = 1;
        foreach (long size in shape)
        {
            if (size <= 0 || elements > long.MaxValue / size)
            {
                throw new ArgumentException($"Tensor '{name}' has a dimension of {size} elements, or too many elements.", nameof(shape));
            }

            elements *= size;
        }

        if (shape[^1] % layout.Elements != 0 || !layout.TryGetByteCount(elements, out long bytes))
        {
            throw new ArgumentException($"Tensor '{name}': rows of {shape[^1]} elements are no whole number of {type} blocks of {layout.Elements}.", nameof(shape));
        }

        long[] dimensions = shape.ToArray();
        Array.Reverse(dimensions);
        if (!_declarations.TryAdd(name, new Declaration(type, dimensions, bytes)))
        {
            throw new ArgumentException($"The tensor '{name}' is declared twice.", nameof(name));
        }
    }

    /// <summary>Appends stored bytes to a tensor.</summary>
    /// <param name="name">A declared name.</param>
    /// <param name="bytes">The next bytes.</param>
    /// <exception cref="ArgumentException">The tensor was not declared or would become too long.</exception>
    /// <exception cref="InvalidOperationException">The file is committed.</exception>
    public void WriteBytes(string name, ReadOnlySpan<byte> bytes) => Regions().WriteBytes(name, bytes);

    /// <summary>Encodes values in the tensor's type and appends them.</summary>
    /// <param name="name">A declared name.</param>
    /// <param name="values">The next values, row by row; whole blocks.</param>
    /// <exception cref="ArgumentException">The tensor was not declared or would become too long, or the type cannot hold a value.</exception>
    /// <exception cref="NotSupportedException">This build cannot encode the type.</exception>
    /// <exception cref="InvalidOperationException">The file is committed.</exception>
    public void WriteFloats(string name, ReadOnlySpan<float> values) => Regions().WriteFloats(name, values);

    /// <summary>Checks that every tensor is complete, and gives a path its final content.</summary>
    /// <exception cref="InvalidOperationException">A tensor is incomplete, or the file is committed already.</exception>
    public void Commit()
    {
        Regions().RequireComplete();
        _stream.Flush();
        _file?.Commit();
        _committed = true;
    }

    /// <summary>Gives up a path that was not committed.</summary>
    public void Dispose() => _file?.Dispose();

    private TensorRegions Regions()
    {
        if (_committed)
        {
            throw new InvalidOperationException("The GGUF file is committed.");
        }

        return _regions ??= WriteHeader();
    }

    private TensorRegions WriteHeader()
    {
        // A string that cannot be encoded ends an attempt half-way; the next one starts afresh.
        _stream.SetLength(0);
        using BinaryWriter writer = new(_stream, StrictUtf8, leaveOpen: true);
        writer.Write(GgufHeader.Magic);
        writer.Write(3u);
        writer.Write((ulong)_declarations.Count);
        writer.Write((ulong)_metadata.Count);
        foreach ((string key, GgufValue value) in _metadata)
        {
            GgufValueWriter.WriteString(writer, key);
            GgufValueWriter.WriteValue(writer, value);
        }

        long offset = 0;
        foreach ((string name, Declaration tensor) in _declarations)
        {
            GgufValueWriter.WriteString(writer, name);
            writer.Write((uint)tensor.Dimensions.Length);
            foreach (long size in tensor.Dimensions)
            {
                writer.Write(size);
            }

            writer.Write((int)tensor.Type);
            writer.Write(offset);
            offset = checked(offset + tensor.Bytes + GgufHeader.Padding(tensor.Bytes, _alignment));
        }

        writer.Flush();
        long start = _stream.Position + GgufHeader.Padding(_stream.Position, _alignment);
        _stream.SetLength(checked(start + offset));
        TensorRegions regions = new(_stream);
        foreach ((string name, Declaration tensor) in _declarations)
        {
            regions.Place(name, tensor.Type, start, tensor.Bytes);
            start += tensor.Bytes + GgufHeader.Padding(tensor.Bytes, _alignment);
        }

        return regions;
    }

    private void RequireDeclaring()
    {
        if (_regions is not null)
        {
            throw new InvalidOperationException("Metadata and tensors are declared before the first data is written.");
        }
    }

    private static void RequireName(string name, int maximumBytes, string what)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        int bytes = StrictUtf8.GetByteCount(name);
        if (bytes > maximumBytes)
        {
            throw new ArgumentException($"The {what} '{name}' takes {bytes} bytes, expected at most {maximumBytes}.", nameof(name));
        }
    }

    private sealed record Declaration(ElementType Type, long[] Dimensions, long Bytes);
}
