namespace Agents.CodeRunner.Tracing;

/// <summary>Called by traced programs. Keeps the first and the last visits.</summary>
public static class Recorder
{
    private static readonly Lock Recording = new();
    private static readonly List<(RecordSite Site, string[] Values)> First = [];
    private static readonly Queue<(RecordSite Site, string[] Values)> Last = new();
    private static IReadOnlyList<RecordSite> _sites = [];
    private static int _half;
    private static int _total;

    /// <summary>Records that a block was executed.</summary>
    /// <param name="site">Index of the site.</param>
    /// <param name="values">Values of the site's variables.</param>
    public static void Visit(int site, params object?[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        string[] texts = [.. values.Select(ValueText.Of)];
        lock (Recording)
        {
            _total++;
            if (First.Count < _half)
            {
                First.Add((_sites[site], texts));
                return;
            }

            Last.Enqueue((_sites[site], texts));
            if (Last.Count > _half)
            {
                Last.Dequeue();
            }
        }
    }

    /// <summary>Records the block of a condition and passes its value on.</summary>
    /// <param name="site">Index of the site.</param>
    /// <param name="condition">The value.</param>
    /// <param name="values">Values of the site's variables after the condition.</param>
    public static bool Test(int site, bool condition, params object?[] values)
    {
        Visit(site, values);
        return condition;
    }

    /// <summary>Prepares for one traced call.</summary>
    /// <param name="sites">The sites.</param>
    /// <param name="keep">Most visits to keep.</param>
    internal static void Begin(IReadOnlyList<RecordSite> sites, int keep)
    {
        lock (Recording)
        {
            _sites = sites;
            _half = keep / 2;
            _total = 0;
            First.Clear();
            Last.Clear();
        }
    }

    /// <summary>Returns what was recorded so far.</summary>
    internal static (IReadOnlyList<(RecordSite Site, string[] Values)> Visits, int Total) Recorded()
    {
        lock (Recording)
        {
            return ([.. First, .. Last], _total);
        }
    }
}
