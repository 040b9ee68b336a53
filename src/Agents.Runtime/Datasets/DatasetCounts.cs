namespace Agents.Runtime.Datasets;

/// <summary>Counts by reason, in order of reasons.</summary>
internal sealed class DatasetCounts
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Gets the counts.</summary>
    public IReadOnlyDictionary<string, int> All => _counts;

    /// <summary>Counts.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="count">How many.</param>
    public void Add(string reason, int count = 1)
    {
        if (count > 0)
        {
            _counts[reason] = _counts.GetValueOrDefault(reason) + count;
        }
    }
}
