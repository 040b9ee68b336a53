using System.Globalization;

namespace Agents.Numerics.Threading;

/// <summary>How many cores there are to compute with.</summary>
internal static class ProcessorTopology
{
    /// <summary>
    /// Counts physical cores, because two hyper-threads share one multiplier. Limited by the processors this process may use (affinity, container quota).
    /// Where the operating system does not list siblings (anything but Linux) every logical processor counts.
    /// </summary>
    /// <param name="root">Folder of the processors, <c>/sys/devices/system/cpu</c> on Linux.</param>
    /// <param name="available">Logical processors this process may use.</param>
    public static int PhysicalCores(string root, int available)
    {
        HashSet<string> cores = [];
        for (int processor = 0; ; processor++)
        {
            string folder = Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"cpu{processor}"));
            if (!Directory.Exists(folder))
            {
                break;
            }

            string siblings = Path.Combine(folder, "topology", "thread_siblings_list");
            if (File.Exists(siblings))
            {
                cores.Add(File.ReadAllText(siblings).Trim());
            }
        }

        return cores.Count == 0 ? Math.Max(available, 1) : Math.Clamp(cores.Count, 1, Math.Max(available, 1));
    }
}
