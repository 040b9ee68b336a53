using System.Globalization;

namespace Agents.Plugins.CodePipeline.Tests.Sandboxing;

/// <summary>Looks for processes that a run of a Python program left behind. Other tests' processes do not count.</summary>
internal static class HostWatch
{
    private const string PythonOptions = "-I -S -B -c";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until no process but the given ones has this process among its parents.</summary>
    /// <param name="before">Process ids that were there before.</param>
    public static async Task NothingIsLeftAsync(IReadOnlySet<int> before)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        waiting.CancelAfter(Patience);
        string[] left;
        do
        {
            left = [.. Descendants().Where(id => !before.Contains(id)).Select(Describe).Where(text => text.Length > 0)];
            Assert.False(waiting.IsCancellationRequested, $"left behind: {string.Join(" | ", left)}");
            await Task.Yield();
        }
        while (left.Length > 0);
    }

    /// <summary>Returns the ids of all descendants of this process.</summary>
    public static HashSet<int> Descendants()
    {
        Dictionary<int, int> parents = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) && ParentOf(id) is { } parent)
            {
                parents[id] = parent;
            }
        }

        return [.. parents.Keys.Where(IsBelow)];

        bool IsBelow(int id)
        {
            for (int at = id, steps = 0; steps < 64 && parents.TryGetValue(at, out int parent); at = parent, steps++)
            {
                if (parent == Environment.ProcessId)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static int? ParentOf(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return null;
        }
    }

    private static string Describe(int id)
    {
        try
        {
            string command = File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
            return command.Contains(PythonOptions, StringComparison.Ordinal) ? command[..Math.Min(command.Length, 80)] : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
