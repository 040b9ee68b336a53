namespace Agents.Models.Chat;

/// <summary>Lets text through up to the first stop text, and holds back an end that might turn out to be the beginning of one. Not safe for concurrent calls.</summary>
/// <param name="stops">Stop texts, none empty.</param>
internal sealed class StopTextFilter(IReadOnlyList<string> stops)
{
    private string _held = string.Empty;

    /// <summary>Gets whether a stop text was met; nothing comes after it.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes text.</summary>
    /// <param name="text">The next text.</param>
    /// <returns>What may be shown now.</returns>
    public string Append(string text)
    {
        if (Stopped)
        {
            return string.Empty;
        }

        if (stops.Count == 0)
        {
            return text;
        }

        string all = _held + text;
        int cut = all.Length;
        foreach (string stop in stops)
        {
            int at = all.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && at < cut)
            {
                cut = at;
                Stopped = true;
            }
        }

        int shown = Stopped ? cut : all.Length - LongestBeginning(all);
        _held = Stopped ? string.Empty : all[shown..];
        return all[..shown];
    }

    /// <summary>Ends the text.</summary>
    /// <returns>What was held back.</returns>
    public string Finish()
    {
        string rest = _held;
        _held = string.Empty;
        return rest;
    }

    /// <summary>Length of the longest end of the text that is a beginning of a stop text.</summary>
    private int LongestBeginning(string text)
    {
        int longest = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                    break;
                }
            }
        }

        return longest;
    }
}
