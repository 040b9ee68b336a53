namespace Agents.Numerics.Kernels.Attention;

/// <summary>Work of one segment within a parallel run over many.</summary>
internal struct SegmentItems
{
    /// <summary>First item of the segment.</summary>
    public int First;

    /// <summary>Ranges of keys that are items of their own; 1 when an item takes all of them.</summary>
    public int Parts;

    /// <summary>First counter of finished parts; one per key/value head.</summary>
    public int FirstCounter;

    /// <summary>First number of the results of parts.</summary>
    public long FirstPartial;

    /// <summary>Finds the segment of an item.</summary>
    /// <param name="segments">[count], ascending.</param>
    /// <param name="count">Number of segments.</param>
    /// <param name="item">An item.</param>
    public static unsafe int Find(SegmentItems* segments, int count, int item)
    {
        int low = 0;
        int high = count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = segments[middle].First <= item ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
