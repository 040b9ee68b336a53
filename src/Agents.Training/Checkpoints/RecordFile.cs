using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Agents.Models.Files;
using Agents.Training.Errors;

namespace Agents.Training.Checkpoints;

/// <summary>
/// An append-only file of records that survives a kill at any byte. It starts with the kind of its records (8 bytes); a record is payload length (u32), schema
/// version (u32), payload, CRC32C of all three (u32), little endian. A torn record at the end is cut off when the file is opened; damage before it is an error.
/// </summary>
public sealed class RecordFile : IDisposable
{
    private const int KindBytes = 8;
    private const int FrameBytes = 12;

    /// <summary>Largest payload; it bounds what a hostile length can make the reader allocate.</summary>
    private const int MaximumPayload = 1 << 26;

    private readonly string _kind;
    private FileStream _stream;

    /// <summary>Opens a file or starts one.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="kind">Eight ASCII characters that name what the records are.</param>
    /// <param name="record">Called with the version and payload of every record, in order.</param>
    /// <exception cref="CheckpointException">The file is of another kind, or damaged before its last record.</exception>
    public RecordFile(string path, string kind, Action<uint, byte[]> record)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        ArgumentNullException.ThrowIfNull(record);
        Path = System.IO.Path.GetFullPath(path);
        _kind = kind.Length == KindBytes ? kind : throw new ArgumentException($"The kind '{kind}' must have {KindBytes} characters.", nameof(kind));
        _stream = Open();
        try
        {
            Read(record);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Gets the path.</summary>
    public string Path { get; }

    /// <summary>Gets how many bytes of a torn record were cut off when the file was opened.</summary>
    public long DroppedBytes { get; private set; }

    /// <summary>Appends a record and hands it to the system; it survives a kill of this process.</summary>
    /// <param name="version">Schema version of the payload.</param>
    /// <param name="payload">The content, at most 64 MiB.</param>
    /// <exception cref="CheckpointException">The record cannot be written; the file is as before.</exception>
    public void Append(uint version, ReadOnlySpan<byte> payload)
    {
        long end = _stream.Position;
        try
        {
            _stream.Write(Frame(version, payload));
        }
        catch (IOException e)
        {
            _stream.SetLength(end);
            _stream.Position = end;
            throw new CheckpointException($"{Path} cannot be written: {e.Message} Checkpoints are untouched; free space or choose another folder, then resume.", e);
        }
    }

    /// <summary>Makes everything that was appended survive a loss of power.</summary>
    public void FlushToDisk() => _stream.Flush(flushToDisk: true);

    /// <summary>Replaces all records at once: afterwards the file has the new ones, or, after a crash, the old ones.</summary>
    /// <param name="records">Version and payload of each.</param>
    public void Replace(IEnumerable<(uint Version, byte[] Payload)> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        using (AtomicFile file = new(Path))
        {
            file.Stream.Write(KindAsBytes());
            foreach ((uint version, byte[] payload) in records)
            {
                file.Stream.Write(Frame(version, payload));
            }

            _stream.Dispose();
            file.Commit();
        }

        FolderFlush.Run(System.IO.Path.GetDirectoryName(Path)!);
        _stream = Open();
        _stream.Position = _stream.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static byte[] Frame(uint version, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, MaximumPayload, nameof(payload));
        byte[] frame = new byte[FrameBytes + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), version);
        payload.CopyTo(frame.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8 + payload.Length), CheckpointFormat.Checksum(frame.AsSpan(0, 8 + payload.Length)));
        return frame;
    }

    private FileStream Open() => new(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);

    private byte[] KindAsBytes() => System.Text.Encoding.ASCII.GetBytes(_kind);

    private void Read(Action<uint, byte[]> record)
    {
        long length = _stream.Length;
        byte[] kind = new byte[Math.Min(length, KindBytes)];
        _stream.ReadExactly(kind);
        if (!KindAsBytes().AsSpan().StartsWith(kind))
        {
            throw new CheckpointException($"{Path} is no file of kind '{_kind}'. Name another file, or delete this one.");
        }

        if (length < KindBytes)
        {
            DroppedBytes = length;
            _stream.SetLength(0);
            _stream.Write(KindAsBytes());
            _stream.Flush();
            return;
        }

        long at = KindBytes;
        Span<byte> header = stackalloc byte[8];
        while (length - at >= FrameBytes)
        {
            _stream.Position = at;
            _stream.ReadExactly(header);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(header);
            if (size > MaximumPayload || size > length - at - FrameBytes)
            {
                break;
            }

            byte[] body = new byte[size + sizeof(uint)];
            _stream.ReadExactly(body);
            uint crc = ~CheckpointFormat.Append(CheckpointFormat.Append(uint.MaxValue, header), body.AsSpan(0, (int)size));
            if (crc != BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan((int)size)))
            {
                if (at + FrameBytes + size < length)
                {
                    throw new CheckpointException($"{Path}: the record at byte {at} is damaged (checksum) and others follow it. Restore the file, or delete it to compute its content again.");
                }

                break;
            }

            record(BinaryPrimitives.ReadUInt32LittleEndian(header[4..]), body.AsSpan(0, (int)size).ToArray());
            at += FrameBytes + size;
        }

        DroppedBytes = length - at;
        _stream.SetLength(at);
        _stream.Position = at;
    }
}
