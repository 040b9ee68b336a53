using System.Collections.Concurrent;
using System.Globalization;
using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Regex;

/// <summary>General categories of Unicode by their short names: <c>Lu</c>, or <c>L</c> for all that begin so.</summary>
internal static class UnicodeGroups
{
    private static readonly (string Name, UnicodeCategory Category)[] Names =
    [
        ("Lu", UnicodeCategory.UppercaseLetter), ("Ll", UnicodeCategory.LowercaseLetter), ("Lt", UnicodeCategory.TitlecaseLetter),
        ("Lm", UnicodeCategory.ModifierLetter), ("Lo", UnicodeCategory.OtherLetter), ("Mn", UnicodeCategory.NonSpacingMark),
        ("Mc", UnicodeCategory.SpacingCombiningMark), ("Me", UnicodeCategory.EnclosingMark), ("Nd", UnicodeCategory.DecimalDigitNumber),
        ("Nl", UnicodeCategory.LetterNumber), ("No", UnicodeCategory.OtherNumber), ("Pc", UnicodeCategory.ConnectorPunctuation),
        ("Pd", UnicodeCategory.DashPunctuation), ("Ps", UnicodeCategory.OpenPunctuation), ("Pe", UnicodeCategory.ClosePunctuation),
        ("Pi", UnicodeCategory.InitialQuotePunctuation), ("Pf", UnicodeCategory.FinalQuotePunctuation), ("Po", UnicodeCategory.OtherPunctuation),
        ("Sm", UnicodeCategory.MathSymbol), ("Sc", UnicodeCategory.CurrencySymbol), ("Sk", UnicodeCategory.ModifierSymbol),
        ("So", UnicodeCategory.OtherSymbol), ("Zs", UnicodeCategory.SpaceSeparator), ("Zl", UnicodeCategory.LineSeparator),
        ("Zp", UnicodeCategory.ParagraphSeparator), ("Cc", UnicodeCategory.Control), ("Cf", UnicodeCategory.Format),
        ("Co", UnicodeCategory.PrivateUse), ("Cn", UnicodeCategory.OtherNotAssigned),
    ];

    private static readonly ConcurrentDictionary<(string Name, bool Negated), CharacterSet> _found = [];

    /// <summary>Characters of a category. The same name gives the same set, which is made once.</summary>
    /// <param name="name">One or two letters.</param>
    /// <param name="negated">Whether all other characters are wanted.</param>
    /// <returns>Null when the name is unknown.</returns>
    public static CharacterSet? Find(string name, bool negated = false)
    {
        if (_found.TryGetValue((name, negated), out CharacterSet? found))
        {
            return found;
        }

        CharacterSet? made = Make(name);
        return made is null ? null : _found.GetOrAdd((name, negated), negated ? made.Complement() : made);
    }

    private static CharacterSet? Make(string name)
    {
        CharacterSet? set = null;
        foreach ((string known, UnicodeCategory category) in Names)
        {
            if (name.Length is 1 or 2 && known.StartsWith(name, StringComparison.Ordinal))
            {
                set = set is null ? CharacterSet.OfCategory(category) : set.Union(CharacterSet.OfCategory(category));
            }
        }

        return set;
    }
}
