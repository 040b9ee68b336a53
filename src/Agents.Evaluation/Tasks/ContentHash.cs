namespace Agents.Evaluation.Tasks;

/// <summary>The hash that decides splits. Part of the data format: a change moves items between train and test.</summary>
public static class ContentHash
{
    private const ulong Offset = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    /// <summary>Hashes a text: FNV-1a over its UTF-16 units, then a 64-bit finalizer, because FNV's low bits are weak.</summary>
    /// <param name="text">The text.</param>
    public static ulong Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ulong hash = Offset;
        foreach (char unit in text)
        {
            hash = (hash ^ unit) * Prime;
        }

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    /// <summary>The split of a content: hash modulo 16 is 0 or 1 for test, 2 for validation, else train.</summary>
    /// <param name="family">Id of the family.</param>
    /// <param name="content">Canonical content, a function of the question.</param>
    public static TaskSplit Split(string family, string content) => (Of(family + "|" + content) & 15) switch
    {
        0 or 1 => TaskSplit.Test,
        2 => TaskSplit.Validation,
        _ => TaskSplit.Train,
    };
}
