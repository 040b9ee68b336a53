namespace Agents.Numerics.Kernels.Attention;

/// <summary>Takes keys that a query must not see out of its scores.</summary>
internal static unsafe class HiddenKeys
{
    /// <summary>Gives −∞ to the scores that a query must not see, up to the end of its last block.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="query">Query of the segment.</param>
    /// <param name="scores">Scores of the query for the keys from <paramref name="firstKey"/> on.</param>
    /// <param name="firstKey">A multiple of 16.</param>
    /// <param name="endKey">End of the scores, a multiple of 16.</param>
    public static void Hide(AttentionSegment* segment, int query, float* scores, int firstKey, int endKey)
    {
        int visible = segment->VisibleKeys(query);
        for (int key = Math.Max(visible, firstKey); key < endKey; key++)
        {
            scores[key - firstKey] = float.NegativeInfinity;
        }

        if (segment->Mask != null)
        {
            byte* mask = segment->Mask + ((long)query * segment->KeyCount);
            for (int key = firstKey; key < Math.Min(endKey, visible); key++)
            {
                if (mask[key] == 0)
                {
                    scores[key - firstKey] = float.NegativeInfinity;
                }
            }
        }
    }
}
