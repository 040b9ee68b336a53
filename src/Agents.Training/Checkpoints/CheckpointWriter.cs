using System.Buffers.Binary;
using System.Text;
using Agents.Models.Files;

namespace Agents.Training.Checkpoints;

/// <summary>Collects named sections and writes them as one file that appears only when it is complete and on disk.</summary>
public sealed unsafe class CheckpointWriter
{
    private const int ChunkBytes = 1 << 24;
    private readonly List<Section> _sections = [];

    /// <summary>Adds a section by copy.</summary>
    /// <param name="name">Unique stable name.</param>
    /// <param name="content">The bytes.</param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public void Add(string name, ReadOnlySpan<byte> content) => Add(new Section(name, content.ToArray(), null, content.Length));

    /// <summary>Adds a section by reference; the memory must stay valid and unchanged until <see cref="Write"/> returned.</summary>
    /// <param name="name">Unique stable name.</param>
    /// <param name="data">First byte.</param>
    /// <param name="bytes">Number of bytes.</param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public void Add(string name, void* data, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Add(new Section(name, null, (byte*)data, bytes));
    }

    /// <summary>Writes the file: beside its place, flushed to disk, renamed, folder flushed.</summary>
    /// <param name="path">Final path; an older file is replaced.</param>
    public void Write(string path)
    {
        byte[] directory = Directory();
        Span<byte> header = stackalloc byte[CheckpointFormat.HeaderBytes];
        CheckpointFormat.Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], CheckpointFormat.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)_sections.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], CheckpointFormat.Checksum(directory));
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)directory.Length);
        using AtomicFile file = new(path);
        file.Stream.Write(header);
        file.Stream.Write(directory);
        foreach (Section section in _sections)
        {
            for (long at = 0; at < section.Bytes; at += ChunkBytes)
            {
                file.Stream.Write(section.Slice(at, (int)Math.Min(ChunkBytes, section.Bytes - at)));
            }
        }

        file.Commit();
        FolderFlush.Run(System.IO.Path.GetDirectoryName(file.Path)!);
    }

    private void Add(Section section)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(section.Name);
        if (_sections.Exists(other => other.Name == section.Name))
        {
            throw new ArgumentException($"The checkpoint already has a section '{section.Name}'.");
        }

        _sections.Add(section);
    }

    private byte[] Directory()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        foreach (Section section in _sections)
        {
            byte[] name = Encoding.UTF8.GetBytes(section.Name);
            writer.Write((uint)name.Length);
            writer.Write(name);
            writer.Write((ulong)section.Bytes);
            uint crc = uint.MaxValue;
            for (long at = 0; at < section.Bytes; at += ChunkBytes)
            {
                crc = CheckpointFormat.Append(crc, section.Slice(at, (int)Math.Min(ChunkBytes, section.Bytes - at)));
            }

            writer.Write(~crc);
        }

        writer.Flush();
        return stream.Length <= CheckpointFormat.MaximumDirectoryBytes
            ? stream.ToArray()
            : throw new InvalidOperationException($"The checkpoint's directory of {_sections.Count} sections exceeds {CheckpointFormat.MaximumDirectoryBytes} bytes.");
    }

    private sealed class Section(string name, byte[]? copy, byte* data, long bytes)
    {
        public string Name { get; } = name;

        public long Bytes { get; } = bytes;

        public ReadOnlySpan<byte> Slice(long at, int count) => copy is null ? new ReadOnlySpan<byte>(data + at, count) : copy.AsSpan((int)at, count);
    }
}
