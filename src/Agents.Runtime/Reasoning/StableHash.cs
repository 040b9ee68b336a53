namespace Agents.Runtime.Reasoning;

/// <summary>A hash of text that is the same in every process, unlike <see cref="string.GetHashCode()"/> (64-bit FNV-1a over UTF-16 units).</summary>
internal static class StableHash
{
    /// <summary>Hashes a text.</summary>
    /// <param name="text">The text.</param>
    public static ulong Of(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char unit in text)
        {
            hash = (hash ^ unit) * 1099511628211;
        }

        return hash;
    }
}
