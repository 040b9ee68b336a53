using System.Buffers.Binary;
using System.Text.Json;
using Agents.Models.Files;
using Agents.Numerics.Formats;

namespace Agents.Models.Safetensors;

/// <summary>
/// Writes a safetensors file. Order of use: metadata and tensor declarations, then the data of the tensors (in pieces and in any order of
/// tensors), then <see cref="Commit"/>. The bytes depend on nothing but these calls.
/// </summary>
/// <remarks>
/// Tensors are stored in the order of declaration, those of 4 bytes per element before those of 2, so that every one is aligned to its
/// elements. A path is written atomically: without <see cref="Commit"/> nothing appears under its name.
/// </remarks>
public sealed class SafetensorsWriter : IDisposable
{
    private const int HeaderAlignment = 8;

    private readonly AtomicFile? _file;
    private readonly Stream _stream;
    private readonly OrderedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, Declaration> _declarations = new(StringComparer.Ordinal);
    private TensorRegions? _regions;
    private bool _committed;

    /// <summary>Starts a file under a path.</summary>
    /// <param name="path">The final path; its folder must exist.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="IOException">The folder is missing or the path is being written already.</exception>
    public SafetensorsWriter(string path)
    {
        _file = new AtomicFile(path);
        _stream = _file.Stream;
    }

    /// <summary>Starts a file in a stream.</summary>
    /// <param name="stream">An empty, seekable, writable stream; stays open.</param>
    /// <exception cref="ArgumentException">The stream cannot seek or is not empty.</exception>
    public SafetensorsWriter(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek || !stream.CanWrite || stream.Length != 0)
        {
            throw new ArgumentException("Safetensors is written to an empty stream that can seek and write.", nameof(stream));
        }

        _stream = stream;
    }

    /// <summary>Adds a string to <c>__metadata__</c>.</summary>
    /// <param name="key">Unique key.</param>
    /// <param name="value">The string.</param>
    /// <exception cref="ArgumentException">The key is present already.</exception>
    /// <exception cref="InvalidOperationException">Data has been written already.</exception>
    public void AddMetadata(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        RequireDeclaring();
        if (!_metadata.TryAdd(key, value))
        {
            throw new ArgumentException($"The metadata key '{key}' is present already.", nameof(key));
        }
    }

    /// <summary>Declares a tensor.</summary>
    /// <param name="name">Unique name; not <c>__metadata__</c>.</param>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="shape">Row-major shape with at most eight sizes; empty for a single number.</param>
    /// <exception cref="ArgumentException">The name is empty, reserved or present already; the format cannot store the type; or the shape is not valid.</exception>
    /// <exception cref="InvalidOperationException">Data has been written already.</exception>
    public void DeclareTensor(string name, ElementType type, params ReadOnlySpan<long> shape)
    {
        RequireDeclaring();
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (type is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            throw new ArgumentException($"Tensor '{name}': safetensors cannot store {BlockLayouts.NameOf(type)}, expected F32, F16 or BF16.", nameof(type));
        }

        int width = SafetensorsTypes.BytesOf(type.ToString());
        long bytes = width;
        foreach (long size in shape)
        {
            if (size < 0 || shape.Length > 8 || (size != 0 && bytes > long.MaxValue / size))
            {
                throw new ArgumentException($"Tensor '{name}' has a negative size, more than eight sizes, or too many elements.", nameof(shape));
            }

            bytes *= size;
        }

        if (name == SafetensorsHeader.MetadataKey || !_declarations.TryAdd(name, new Declaration(type, shape.ToArray(), width, bytes)))
        {
            throw new ArgumentException($"The tensor name '{name}' is declared twice or reserved.", nameof(name));
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
    /// <param name="values">The next values, row-major.</param>
    /// <exception cref="ArgumentException">The tensor was not declared or would become too long.</exception>
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
            throw new InvalidOperationException("The safetensors file is committed.");
        }

        return _regions ??= WriteHeader();
    }

    private TensorRegions WriteHeader()
    {
        (string Name, Declaration Tensor, long Offset)[] places = Layout(out long total);
        using MemoryStream json = new();
        WriteJson(json, places);
        while (json.Length % HeaderAlignment != 0)
        {
            json.WriteByte((byte)' ');
        }

        if (json.Length > SafetensorsHeader.MaximumHeaderBytes)
        {
            throw new InvalidOperationException($"The header takes {json.Length} bytes, readers accept at most {SafetensorsHeader.MaximumHeaderBytes}.");
        }

        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        _stream.SetLength(0);
        _stream.Write(length);
        json.WriteTo(_stream);
        long start = _stream.Position;
        _stream.SetLength(checked(start + total));
        TensorRegions regions = new(_stream);
        foreach ((string name, Declaration tensor, long offset) in places)
        {
            regions.Place(name, tensor.Type, start + offset, tensor.Bytes);
        }

        return regions;
    }

    private (string Name, Declaration Tensor, long Offset)[] Layout(out long total)
    {
        var places = new (string Name, Declaration Tensor, long Offset)[_declarations.Count];
        int index = 0;
        total = 0;

        // Ordering by width is stable, so declaration order decides within a width.
        foreach ((string name, Declaration tensor) in _declarations.OrderByDescending(static entry => entry.Value.Width))
        {
            places[index++] = (name, tensor, total);
            total = checked(total + tensor.Bytes);
        }

        return places;
    }

    private void WriteJson(MemoryStream target, (string Name, Declaration Tensor, long Offset)[] places)
    {
        using Utf8JsonWriter writer = new(target);
        writer.WriteStartObject();
        if (_metadata.Count > 0)
        {
            writer.WriteStartObject(SafetensorsHeader.MetadataKey);
            foreach ((string key, string value) in _metadata)
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        }

        foreach ((string name, Declaration tensor, long offset) in places)
        {
            writer.WriteStartObject(name);
            writer.WriteString("dtype", tensor.Type.ToString());
            writer.WriteStartArray("shape");
            foreach (long size in tensor.Shape)
            {
                writer.WriteNumberValue(size);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("data_offsets");
            writer.WriteNumberValue(offset);
            writer.WriteNumberValue(offset + tensor.Bytes);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void RequireDeclaring()
    {
        if (_regions is not null)
        {
            throw new InvalidOperationException("Metadata and tensors are declared before the first data is written.");
        }
    }

    private sealed record Declaration(ElementType Type, long[] Shape, int Width, long Bytes);
}
