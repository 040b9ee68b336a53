using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Agents.Models.Files;

/// <summary>Advice to the Linux kernel about mapped files. Advice only: a failure changes nothing but resident memory, so results are not looked at.</summary>
internal static unsafe partial class MappedPages
{
    private const int DontNeed = 4;

    /// <summary>Drops the pages that lie completely inside a range from the resident memory of this process.</summary>
    /// <param name="start">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    [SupportedOSPlatform("linux")]
    public static void Release(byte* start, long count)
    {
        long page = Environment.SystemPageSize;
        long first = ((long)start + page - 1) / page * page;
        long end = ((long)start + count) / page * page;
        if (end > first)
        {
            _ = Advise((void*)first, (nuint)(end - first), DontNeed);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
