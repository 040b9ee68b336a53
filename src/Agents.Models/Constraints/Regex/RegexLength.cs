namespace Agents.Models.Constraints.Regex;

/// <summary>How long the texts of an expression are, in characters.</summary>
internal static class RegexLength
{
    /// <summary>Shortest and longest text; null for no limit.</summary>
    public static (long Minimum, long? Maximum) Of(RegexNode node)
    {
        switch (node)
        {
            case RegexCharacter:
                return (1, 1);
            case RegexSequence sequence:
                (long Minimum, long? Maximum)[] parts = [.. sequence.Parts.Select(Of)];
                return (parts.Sum(part => part.Minimum), parts.Any(part => part.Maximum is null) ? null : parts.Sum(part => part.Maximum!.Value));
            case RegexChoice choice:
                (long Minimum, long? Maximum)[] ways = [.. choice.Parts.Select(Of)];
                return (ways.Min(way => way.Minimum), ways.Any(way => way.Maximum is null) ? null : ways.Max(way => way.Maximum!.Value));
            default:
                RegexRepetition repetition = (RegexRepetition)node;
                (long least, long? most) = Of(repetition.Part);
                long? longest = repetition.Maximum is { } times && most is { } each ? Capped(each, times) : most == 0 ? 0 : null;
                return (Capped(least, repetition.Minimum), longest);
        }
    }

    private static long Capped(long length, int times) => times == 0 ? 0 : length > int.MaxValue / times ? int.MaxValue : length * times;
}
