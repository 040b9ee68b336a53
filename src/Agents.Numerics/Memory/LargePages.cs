using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Agents.Numerics.Memory;

/// <summary>Large pages for large buffers: fewer page faults while weights are loaded, fewer address translations while they are read from end to end for every token.</summary>
internal static unsafe partial class LargePages
{
    /// <summary>Bytes of a large page, and their alignment.</summary>
    public const nuint Size = 2 << 20;

    /// <summary>Buffers from this size on ask for large pages; below, alignment would waste more than it gives.</summary>
    public const nuint Threshold = 2 * Size;

    private const int UseLargePages = 14;

    /// <summary>Asks for large pages. Advice only: where the system has none, nothing changes.</summary>
    /// <param name="start">First byte, at a multiple of <see cref="Size"/>.</param>
    /// <param name="bytes">Number of bytes.</param>
    [SupportedOSPlatform("linux")]
    public static void Advise(void* start, nuint bytes) => _ = Advise(start, bytes, UseLargePages);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
