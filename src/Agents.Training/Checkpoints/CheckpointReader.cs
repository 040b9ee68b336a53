using System.Buffers.Binary;
using System.Text;
using Agents.Training.Errors;

namespace Agents.Training.Checkpoints;

/// <summary>Reads a checkpoint whose checksums were all verified when it was opened. Files are hostile: sizes are checked against the real file first.</summary>
public sealed unsafe class CheckpointReader : IDisposable
{
    private const int ChunkBytes = 1 << 20;
    private readonly FileStream _stream;
    private readonly Dictionary<string, (long Offset, long Bytes)> _sections = new(StringComparer.Ordinal);

    /// <summary>Opens a checkpoint and verifies every checksum.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file is no checkpoint, is of a newer format, truncated, or damaged.</exception>
    public CheckpointReader(string path)
    {
        Path = path;
        _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            Open();
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the names of all sections.</summary>
    public IReadOnlyCollection<string> Names => _sections.Keys;

    /// <summary>Returns a small section.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="CheckpointException">There is no such section, or it exceeds an array.</exception>
    public byte[] Bytes(string name)
    {
        (long offset, long bytes) = Find(name);
        if (bytes > Array.MaxLength)
        {
            throw new CheckpointException($"{Path}: section '{name}' of {bytes} bytes is too large for an array.");
        }

        byte[] content = new byte[bytes];
        _stream.Position = offset;
        _stream.ReadExactly(content);
        return content;
    }

    /// <summary>Copies a section into memory of exactly its size.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="data">First byte of the target.</param>
    /// <param name="bytes">Bytes of the target.</param>
    /// <exception cref="CheckpointException">There is no such section, or its size differs.</exception>
    public void Read(string name, void* data, long bytes)
    {
        (long offset, long stored) = Find(name);
        if (stored != bytes)
        {
            throw new CheckpointException($"{Path}: section '{name}' has {stored} bytes; the model expects {bytes}. It belongs to another model.");
        }

        _stream.Position = offset;
        for (long at = 0; at < bytes; at += ChunkBytes)
        {
            _stream.ReadExactly(new Span<byte>((byte*)data + at, (int)Math.Min(ChunkBytes, bytes - at)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private (long Offset, long Bytes) Find(string name) =>
        _sections.TryGetValue(name, out (long Offset, long Bytes) section)
            ? section
            : throw new CheckpointException($"{Path}: there is no section '{name}'; it has {string.Join(", ", _sections.Keys)}.");

    private void Open()
    {
        Span<byte> header = stackalloc byte[CheckpointFormat.HeaderBytes];
        long length = _stream.Length;
        if (length < header.Length)
        {
            throw new CheckpointException($"{Path}: {length} bytes are no checkpoint.");
        }

        _stream.ReadExactly(header);
        if (!header[..8].SequenceEqual(CheckpointFormat.Magic))
        {
            throw new CheckpointException($"{Path}: is no checkpoint of this product.");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (version != CheckpointFormat.Version)
        {
            throw new CheckpointException($"{Path}: has format version {version}; this build reads version {CheckpointFormat.Version}. Use the build that wrote it.");
        }

        uint directoryBytes = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        if (directoryBytes > CheckpointFormat.MaximumDirectoryBytes || directoryBytes > length - header.Length)
        {
            throw new CheckpointException($"{Path}: declares a directory of {directoryBytes} bytes in a file of {length}.");
        }

        byte[] directory = new byte[directoryBytes];
        _stream.ReadExactly(directory);
        if (CheckpointFormat.Checksum(directory) != BinaryPrimitives.ReadUInt32LittleEndian(header[16..]))
        {
            throw new CheckpointException($"{Path}: the directory is damaged (checksum).");
        }

        ReadSections(directory, BinaryPrimitives.ReadUInt32LittleEndian(header[12..]), length);
    }

    private void ReadSections(ReadOnlySpan<byte> directory, uint count, long length)
    {
        long offset = CheckpointFormat.HeaderBytes + directory.Length;
        List<(string Name, uint Checksum)> checks = [];
        for (uint i = 0; i < count; i++)
        {
            uint nameBytes = directory.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(directory) : uint.MaxValue;
            if (nameBytes > directory.Length || directory.Length - nameBytes < 16)
            {
                throw new CheckpointException($"{Path}: the directory ends inside entry {i} of {count}.");
            }

            string name = Encoding.UTF8.GetString(directory.Slice(4, (int)nameBytes));
            directory = directory[(4 + (int)nameBytes)..];
            ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(directory);
            if (bytes > (ulong)(length - offset))
            {
                throw new CheckpointException($"{Path}: section '{name}' declares {bytes} bytes; {length - offset} are left in the file.");
            }

            if (!_sections.TryAdd(name, (offset, (long)bytes)))
            {
                throw new CheckpointException($"{Path}: section '{name}' occurs twice.");
            }

            checks.Add((name, BinaryPrimitives.ReadUInt32LittleEndian(directory[8..])));
            directory = directory[12..];
            offset += (long)bytes;
        }

        if (offset != length)
        {
            throw new CheckpointException($"{Path}: {length - offset} bytes follow the last section.");
        }

        Verify(checks);
    }

    private void Verify(List<(string Name, uint Checksum)> checks)
    {
        byte[] buffer = new byte[ChunkBytes];
        foreach ((string name, uint expected) in checks)
        {
            (long offset, long bytes) = _sections[name];
            _stream.Position = offset;
            uint crc = uint.MaxValue;
            for (long at = 0; at < bytes; at += buffer.Length)
            {
                Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, bytes - at));
                _stream.ReadExactly(chunk);
                crc = CheckpointFormat.Append(crc, chunk);
            }

            if (~crc != expected)
            {
                throw new CheckpointException($"{Path}: section '{name}' is damaged (checksum).");
            }
        }
    }
}
