namespace Agents.Training.Guards;

/// <summary>How much a token sequence repeats itself.</summary>
public static class RepetitionRate
{
    private const ulong HashFactor = 0x9E3779B97F4A7C15;

    /// <summary>Returns 1 − (different n-grams / n-grams); NaN for sequences with fewer than two n-grams, which cannot repeat any.</summary>
    /// <param name="tokens">The sequence.</param>
    /// <param name="size">Tokens of an n-gram, positive.</param>
    public static double Of(ReadOnlySpan<int> tokens, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        int count = tokens.Length - size + 1;
        if (count < 2)
        {
            return double.NaN;
        }

        // A 64-bit hash of every n-gram: two different ones of a completion meet with a chance of about count² / 2⁶⁵.
        HashSet<ulong> seen = new(count);
        for (int i = 0; i < count; i++)
        {
            ulong hash = (ulong)size;
            foreach (int token in tokens.Slice(i, size))
            {
                hash = (hash ^ (uint)token) * HashFactor;
                hash ^= hash >> 29;
            }

            seen.Add(hash);
        }

        return 1 - ((double)seen.Count / count);
    }
}
