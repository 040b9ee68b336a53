namespace Agents.Plugins.CodePipeline.Tracing;

/// <summary>Which visits of a long trace are shown.</summary>
public static class VisitCap
{
    /// <summary>Returns the indices of the first and the last visits, each once (papers/62 §6: naive slicing repeats those of short traces). An odd cap shows one more of the first.</summary>
    /// <param name="count">Number of visits.</param>
    /// <param name="cap">Most visits to show, at least 1.</param>
    public static IReadOnlyList<int> Indices(int count, int cap)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cap);
        if (count <= cap)
        {
            return [.. Enumerable.Range(0, count)];
        }

        int last = cap / 2;
        return [.. Enumerable.Range(0, cap - last), .. Enumerable.Range(count - last, last)];
    }
}
