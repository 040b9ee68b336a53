using System.Globalization;

namespace Agents.Runtime.Plugins;

/// <summary>Range of contract versions a plugin was built for, in interval notation: <c>[1.0,2.0)</c>.</summary>
/// <param name="Minimum">Lower end.</param>
/// <param name="MinimumInclusive">Whether the lower end belongs to the range.</param>
/// <param name="Maximum">Upper end.</param>
/// <param name="MaximumInclusive">Whether the upper end belongs to the range.</param>
public sealed record ContractRange(Version Minimum, bool MinimumInclusive, Version Maximum, bool MaximumInclusive)
{
    /// <summary>Reads interval notation.</summary>
    /// <param name="text">For example <c>[1.0,2.0)</c>.</param>
    /// <param name="range">The range when the text is well formed and not empty.</param>
    public static bool TryParse(string text, out ContractRange range)
    {
        range = new ContractRange(new Version(0, 0), true, new Version(0, 0), true);
        if (text is not { Length: >= 5 } || text[0] is not ('[' or '(') || text[^1] is not (']' or ')'))
        {
            return false;
        }

        string[] ends = text[1..^1].Split(',', StringSplitOptions.TrimEntries);
        if (ends.Length != 2 || !Version.TryParse(ends[0], out Version? minimum) || !Version.TryParse(ends[1], out Version? maximum) || minimum > maximum)
        {
            return false;
        }

        range = new ContractRange(minimum, text[0] == '[', maximum, text[^1] == ']');
        return true;
    }

    /// <summary>Returns whether a version lies in the range.</summary>
    /// <param name="version">Version the host offers.</param>
    public bool Contains(Version version)
    {
        int low = version.CompareTo(Minimum);
        int high = version.CompareTo(Maximum);
        return (low > 0 || (low == 0 && MinimumInclusive)) && (high < 0 || (high == 0 && MaximumInclusive));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(MinimumInclusive ? '[' : '(')}{Minimum},{Maximum}{(MaximumInclusive ? ']' : ')')}");
}
