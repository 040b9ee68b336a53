using System.Globalization;

namespace Agents.Training.Preflight;

/// <summary>How much memory this process may still take.</summary>
public static class AvailableMemory
{
    private const string LinuxFile = "/proc/meminfo";
    private const string LinuxEntry = "MemAvailable:";

    /// <summary>Returns the bytes: what the system can give without swapping where it says so, and never more than the limit of the process or its container.</summary>
    public static long Bytes()
    {
        long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long used = Environment.WorkingSet;
        long underLimit = Math.Max(0, limit - used);
        return File.Exists(LinuxFile) && OfSystem(File.ReadLines(LinuxFile)) is { } bytes ? Math.Min(bytes, underLimit) : underLimit;
    }

    /// <summary>Reads the system's own estimate.</summary>
    /// <param name="lines">Lines of <c>/proc/meminfo</c>.</param>
    /// <returns>Null when it is not among them.</returns>
    internal static long? OfSystem(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [LinuxEntry, var value, "kB"] && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes))
            {
                return kibibytes * 1024;
            }
        }

        return null;
    }
}
