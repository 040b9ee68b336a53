using System.Globalization;
using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Regex;

/// <summary>
/// A character class in the two readings that dialects have: what all of them accept, and what any of them accepts. <c>\d</c> is ten digits in ECMAScript
/// and every decimal digit of Unicode in .NET; a text made of the narrow reading matches in both, and the complement of the wide reading does, too.
/// </summary>
/// <param name="Narrow">What every dialect accepts.</param>
/// <param name="Wide">What some dialect accepts.</param>
internal readonly record struct ClassSet(CharacterSet Narrow, CharacterSet Wide)
{
    public static ClassSet Digits { get; } = new(CharacterSet.Of(('0', '9')), CharacterSet.OfCategory(UnicodeCategory.DecimalDigitNumber));

    public static ClassSet Words { get; } = new(
        CharacterSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')),
        CharacterSet.Of((0x200C, 0x200D))
            .Union(UnicodeGroups.Find("L")!).Union(UnicodeGroups.Find("M")!).Union(UnicodeGroups.Find("Nd")!).Union(UnicodeGroups.Find("Pc")!));

    public static ClassSet Spaces { get; } = new(
        CharacterSet.Of(('\t', '\r'), (' ', ' ')),
        CharacterSet.Of(('\t', '\r'), (' ', ' '), (0x85, 0x85), (0xA0, 0xA0), (0xFEFF, 0xFEFF)).Union(UnicodeGroups.Find("Z")!));

    public static ClassSet NotDigits { get; } = Digits.Complement();

    public static ClassSet NotWords { get; } = Words.Complement();

    public static ClassSet NotSpaces { get; } = Spaces.Complement();

    /// <summary>Gets every character that is no line end anywhere.</summary>
    public static ClassSet Dot { get; } = new(CharacterSet.OfText("\n\r\u0085\u2028\u2029").Complement(), CharacterSet.OfText("\n").Complement());

    public static ClassSet Same(CharacterSet set) => new(set, set);

    private ClassSet Complement() => new(Wide.Complement(), Narrow.Complement());
}
