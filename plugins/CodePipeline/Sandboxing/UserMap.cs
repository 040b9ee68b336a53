using System.Globalization;

namespace Agents.Plugins.CodePipeline.Sandboxing;

/// <summary>Whether a process of root can become nobody. In a user namespace of a single user it cannot, and need not: its root is nobody's already.</summary>
internal static class UserMap
{
    private const uint Nobody = 65534;

    /// <summary>Returns whether this process's users include nobody.</summary>
    public static bool HasNobody() => HasNobody(File.ReadAllText("/proc/self/uid_map"));

    /// <summary>Returns whether a map includes nobody.</summary>
    /// <param name="map">Lines of first user inside, first user outside, count (user_namespaces(7)).</param>
    public static bool HasNobody(string map)
    {
        foreach (string line in map.Split('\n'))
        {
            string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 3 && ulong.TryParse(fields[0], CultureInfo.InvariantCulture, out ulong first) && ulong.TryParse(fields[2], CultureInfo.InvariantCulture, out ulong count)
                && first <= Nobody && Nobody - first < count)
            {
                return true;
            }
        }

        return false;
    }
}
