using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Agents.Models.Files;

namespace Agents.Models.Gguf;

/// <summary>
/// Reads the header of a GGUF file front to back. Every count is compared with the bytes that are left before anything is allocated for
/// it, so what reading allocates is bounded by the size of the file, not by what the file claims.
/// </summary>
/// <param name="image">The file.</param>
internal ref struct GgufCursor(FileImage image)
{
    /// <summary>Longest string that is read; chat templates and licences are far below.</summary>
    public const int MaximumStringBytes = 1 << 26;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Offset of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes behind <see cref="Position"/>.</summary>
    public readonly long Remaining => image.Length - Position;

    /// <summary>Reads a number of fixed width.</summary>
    /// <typeparam name="T">An unmanaged number type; little-endian like the machine.</typeparam>
    /// <param name="what">What is read, for the message.</param>
    /// <returns>The number.</returns>
    public T Read<T>(string what)
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>(), what));

    /// <summary>Reads a 64-bit count of things that each occupy some bytes of the rest of the file.</summary>
    /// <param name="minimumBytes">The fewest bytes that one of them takes.</param>
    /// <param name="what">What is counted, for the message.</param>
    /// <returns>The count, small enough for an array.</returns>
    public int ReadCount(int minimumBytes, string what)
    {
        long start = Position;
        ulong count = Read<ulong>(what);
        if (count > (ulong)(Remaining / minimumBytes) || count > (ulong)(int.MaxValue / minimumBytes))
        {
            throw Error(start, $"declares {count} {what} of at least {minimumBytes} bytes each, but {Remaining} bytes are left");
        }

        return (int)count;
    }

    /// <summary>Reads a string.</summary>
    /// <param name="maximumBytes">Longest accepted length in bytes.</param>
    /// <param name="what">What is read, for the message.</param>
    /// <returns>The string.</returns>
    public string ReadString(int maximumBytes, string what)
    {
        long start = Position;
        ulong length = Read<ulong>(what);
        if (length > (ulong)maximumBytes)
        {
            throw Error(start, $"{what} of {length} bytes; at most {maximumBytes} are allowed");
        }

        ReadOnlySpan<byte> bytes = Take((int)length, what);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new GgufFormatException($"{image.Name}: {what} at byte {start} is not valid UTF-8.", exception);
        }
    }

    /// <summary>Reads an array of numbers of fixed width.</summary>
    /// <typeparam name="T">An unmanaged number type.</typeparam>
    /// <param name="what">What is read, for the message.</param>
    /// <returns>The numbers.</returns>
    public T[] ReadArray<T>(string what)
        where T : unmanaged
    {
        int count = ReadCount(Unsafe.SizeOf<T>(), what);
        ReadOnlySpan<byte> bytes = Take(count * Unsafe.SizeOf<T>(), what);
        var values = new T[count];
        bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>An error at a place of the file.</summary>
    /// <param name="position">Offset of the damage.</param>
    /// <param name="found">What was found and expected.</param>
    /// <returns>The error to throw.</returns>
    public readonly GgufFormatException Error(long position, string found) => new($"{image.Name}: byte {position}: {found}.");

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > Remaining)
        {
            throw Error(Position, $"the file ends inside {what}: {count} bytes needed, {Remaining} left");
        }

        ReadOnlySpan<byte> bytes = image.Slice(Position, count);
        Position += count;
        return bytes;
    }
}
