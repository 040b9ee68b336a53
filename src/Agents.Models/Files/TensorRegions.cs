using System.Buffers;
using Agents.Numerics.Formats;

namespace Agents.Models.Files;

/// <summary>
/// The data part of a tensor file that is being written: each tensor has a fixed place, its bytes come in pieces and in any order of
/// tensors, and the file may be completed only when every place is full.
/// </summary>
/// <param name="stream">A seekable stream; the regions do not own it.</param>
internal sealed class TensorRegions(Stream stream)
{
    private const int ChunkBytes = 1 << 20;

    private readonly Dictionary<string, Region> _regions = new(StringComparer.Ordinal);

    /// <summary>Reserves a place.</summary>
    /// <param name="name">Unique name.</param>
    /// <param name="type">Element type, for <see cref="WriteFloats"/>.</param>
    /// <param name="offset">First byte in the stream.</param>
    /// <param name="bytes">Size.</param>
    public void Place(string name, ElementType type, long offset, long bytes) => _regions.Add(name, new Region(type, offset, bytes));

    /// <summary>Appends stored bytes to a tensor.</summary>
    /// <param name="name">A declared name.</param>
    /// <param name="bytes">The next bytes.</param>
    /// <exception cref="ArgumentException">The name is unknown, or the tensor would overflow its place.</exception>
    public void WriteBytes(string name, ReadOnlySpan<byte> bytes)
    {
        Region region = Find(name);
        if (bytes.Length > region.Bytes - region.Written)
        {
            throw new ArgumentException($"Tensor '{name}' takes {region.Bytes} bytes: {region.Written} are written, {bytes.Length} more do not fit.", nameof(bytes));
        }

        // Setting the position flushes a buffered stream, so it is set only where the order of writing jumps.
        long position = region.Offset + region.Written;
        if (stream.Position != position)
        {
            stream.Position = position;
        }

        stream.Write(bytes);
        region.Written += bytes.Length;
    }

    /// <summary>Encodes values in the tensor's type and appends them.</summary>
    /// <param name="name">A declared name.</param>
    /// <param name="values">The next values; whole blocks.</param>
    /// <exception cref="ArgumentException">The name is unknown, the values are no whole blocks or too many, or cannot be encoded.</exception>
    /// <exception cref="NotSupportedException">This build cannot encode the type.</exception>
    public void WriteFloats(string name, ReadOnlySpan<float> values)
    {
        Region region = Find(name);
        BlockFormat format = BlockFormats.Get(region.Type);
        long total = format.ByteCount(values.Length);
        if (total > region.Bytes - region.Written)
        {
            throw new ArgumentException($"Tensor '{name}' takes {region.Bytes} bytes: {region.Written} are written, {total} more do not fit.", nameof(values));
        }

        int blocks = ChunkBytes / format.BlockBytes;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(blocks * format.BlockBytes);
        try
        {
            while (!values.IsEmpty)
            {
                ReadOnlySpan<float> piece = values[..Math.Min(values.Length, blocks * format.BlockElements)];
                Span<byte> bytes = buffer.AsSpan(0, (int)format.ByteCount(piece.Length));
                ParallelQuantizer.Quantize(format, piece, bytes);
                WriteBytes(name, bytes);
                values = values[piece.Length..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Checks that every place is full.</summary>
    /// <exception cref="InvalidOperationException">A tensor is incomplete; the message names the first one.</exception>
    public void RequireComplete()
    {
        foreach ((string name, Region region) in _regions)
        {
            if (region.Written != region.Bytes)
            {
                throw new InvalidOperationException($"Tensor '{name}' is incomplete: {region.Written} of {region.Bytes} bytes are written.");
            }
        }
    }

    private Region Find(string name) =>
        _regions.TryGetValue(name, out Region? region)
            ? region
            : throw new ArgumentException($"Tensor '{name}' was not declared before the first data.", nameof(name));

    private sealed class Region(ElementType type, long offset, long bytes)
    {
        public ElementType Type { get; } = type;

        public long Offset { get; } = offset;

        public long Bytes { get; } = bytes;

        public long Written { get; set; }
    }
}
