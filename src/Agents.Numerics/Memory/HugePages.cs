using System.Runtime.InteropServices;

namespace Agents.Numerics.Memory;

/// <summary>
/// Asks the kernel to back large buffers with pages of 2 MiB: reading weights front to back then misses the translation buffer 512 times less often.
/// Linux only; elsewhere, and where the kernel refuses, ordinary pages serve.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a huge page, and their alignment.</summary>
    public const int Bytes = 2 << 20;

    private const int AdviseHugePage = 14;

    /// <summary>Gets a value indicating whether asking has an effect.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Asks for huge pages.</summary>
    /// <param name="start">Start of memory that nobody has touched yet, aligned to <see cref="Bytes"/>.</param>
    /// <param name="length">Bytes.</param>
    public static void Advise(void* start, nuint length)
    {
        // A refusal (no such feature in this kernel) costs speed only.
        _ = Advise(start, length, AdviseHugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
