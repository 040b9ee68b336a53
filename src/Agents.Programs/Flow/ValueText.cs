namespace Agents.Programs.Flow;

/// <summary>Texts of values in traces.</summary>
public static class ValueText
{
    /// <summary>Longest text that stays as it is.</summary>
    public const int DefaultMaximum = 100;

    /// <summary>Shortens a long text to its first half, three dots and its last half: 50 + "..." + 50 by default.</summary>
    /// <param name="text">Text of a value.</param>
    /// <param name="maximum">Longest text that stays as it is, at least 2.</param>
    public static string Shorten(string text, int maximum = DefaultMaximum)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 2);
        int half = maximum / 2;
        return text.Length <= maximum ? text : string.Concat(text.AsSpan(0, half), "...", text.AsSpan(text.Length - half));
    }
}
