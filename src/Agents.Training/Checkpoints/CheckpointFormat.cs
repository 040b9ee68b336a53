using System.Numerics;
using System.Runtime.InteropServices;

namespace Agents.Training.Checkpoints;

/// <summary>
/// Layout of a checkpoint, little endian: magic (8 bytes), version (u32), section count (u32), CRC32C of the directory (u32), length of the directory (u32);
/// directory entries of name length (u32), UTF-8 name, payload length (u64), payload CRC32C (u32); then the payloads in the same order.
/// </summary>
internal static class CheckpointFormat
{
    /// <summary>Format version that this build writes and reads.</summary>
    public const uint Version = 1;

    /// <summary>Bytes before the directory.</summary>
    public const int HeaderBytes = 24;

    /// <summary>Largest directory; it bounds what a hostile header can make the reader allocate.</summary>
    public const int MaximumDirectoryBytes = 1 << 20;

    /// <summary>Gets the first bytes of every checkpoint.</summary>
    public static ReadOnlySpan<byte> Magic => "AGTCKPT\n"u8;

    /// <summary>Continues a CRC32C (Castagnoli).</summary>
    /// <param name="crc">State so far; start and finish with <see cref="uint.MaxValue"/> inverted by the caller.</param>
    /// <param name="bytes">Next bytes.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return crc;
    }

    /// <summary>Returns the CRC32C of some bytes.</summary>
    /// <param name="bytes">All bytes.</param>
    public static uint Checksum(ReadOnlySpan<byte> bytes) => ~Append(uint.MaxValue, bytes);
}
