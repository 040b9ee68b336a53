using System.Runtime.InteropServices;

namespace Agents.Numerics.Memory;

/// <summary>
/// Memory for large buffers straight from the kernel, which is asked to back it with pages of 2 MiB: reading weights front to back then misses the translation
/// buffer 512 times less often. It reads as zero, becomes resident only where it is touched, and goes back at once when it is freed. Linux only.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a huge page, and their alignment.</summary>
    public const int Bytes = 2 << 20;

    private const int ReadWrite = 0x1 | 0x2;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private const int AdviseHugePage = 14;
    private static readonly nuint Page = (nuint)Environment.SystemPageSize;

    /// <summary>Gets a value indicating whether the kernel offers this.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Takes zeroed memory that starts at a huge page.</summary>
    /// <param name="bytes">Number of bytes.</param>
    /// <param name="huge">Whether to ask for huge pages at all.</param>
    /// <exception cref="InsufficientMemoryException">The kernel has no such range.</exception>
    public static void* Allocate(nuint bytes, bool huge)
    {
        nuint needed = checked(Round(bytes) + Bytes);
        byte* mapped = (byte*)Map(null, needed, ReadWrite, PrivateAnonymous, -1, 0);
        if (mapped == (byte*)-1)
        {
            throw new InsufficientMemoryException($"The system refused {bytes} bytes (error {Marshal.GetLastPInvokeError()}).");
        }

        nuint skip = (Bytes - ((nuint)mapped % Bytes)) % Bytes;
        byte* start = mapped + skip;
        nuint behind = needed - skip - Round(bytes);
        if (skip > 0)
        {
            _ = Unmap(mapped, skip);
        }

        if (behind > 0)
        {
            _ = Unmap(start + Round(bytes), behind);
        }

        if (huge)
        {
            // A refusal (no such feature in this kernel) costs speed only.
            _ = Advise(start, bytes, AdviseHugePage);
        }

        return start;
    }

    /// <summary>Gives memory back.</summary>
    /// <param name="start">Result of <see cref="Allocate"/>.</param>
    /// <param name="bytes">The bytes asked for.</param>
    public static void Free(void* start, nuint bytes) => _ = Unmap(start, Round(bytes));

    private static nuint Round(nuint bytes) => (bytes + Page - 1) / Page * Page;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* start, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
