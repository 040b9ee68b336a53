namespace Agents.Programs.Flow;

/// <summary>Which visits of a long trace are kept: the first half and the last half of the cap, none twice.</summary>
public static class TraceCap
{
    /// <summary>Returns the indices to keep, ascending.</summary>
    /// <param name="count">Visits, not negative.</param>
    /// <param name="cap">Largest number to keep, at least 1; of an odd one the first half is larger.</param>
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
