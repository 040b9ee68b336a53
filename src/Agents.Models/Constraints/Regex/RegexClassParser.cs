using System.Buffers;
using System.Globalization;
using System.Text;
using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Regex;

/// <summary>Reads character classes and escapes of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="parser">Makes errors.</param>
internal sealed class RegexClassParser(string pattern, RegexParser parser)
{
    /// <summary>Reads a class in brackets.</summary>
    /// <param name="at">At '['; moved behind ']'.</param>
    public CharacterSet Parse(ref int at)
    {
        int start = at++;
        bool negated = at < pattern.Length && pattern[at] == '^';
        at += negated ? 1 : 0;
        HashSet<CharacterSet> narrowItems = [];
        HashSet<CharacterSet> wideItems = [];
        bool first = true;
        while (true)
        {
            if (at >= pattern.Length)
            {
                throw parser.ErrorAt(start, "'[' has no ']'");
            }

            if (pattern[at] == ']' && !first)
            {
                at++;
                break;
            }

            if (pattern[at] == ']' || (pattern[at] == '[' && at + 1 < pattern.Length && pattern[at + 1] is ':' or '=' or '.'))
            {
                throw parser.ErrorAt(at, "write \\[ and \\] inside a class; empty and POSIX classes are not supported");
            }

            first = false;
            ClassSet item = ReadItem(ref at);
            narrowItems.Add(item.Narrow);
            wideItems.Add(item.Wide);
        }

        CharacterSet narrow = negated ? CharacterSet.UnionOf(wideItems).Complement() : CharacterSet.UnionOf(narrowItems);
        return narrow.IsEmpty ? throw parser.ErrorAt(start, "the class has no character") : narrow;
    }

    /// <summary>Reads an escape.</summary>
    /// <param name="at">At the backslash; moved behind.</param>
    /// <param name="inClass">Whether it stands in brackets.</param>
    public ClassSet ParseEscape(ref int at, bool inClass)
    {
        int start = at++;
        if (at >= pattern.Length)
        {
            throw parser.ErrorAt(start, "the pattern ends with a backslash");
        }

        char sign = pattern[at++];
        switch (sign)
        {
            case 'd':
                return ClassSet.Digits;
            case 'D':
                return ClassSet.NotDigits;
            case 'w':
                return ClassSet.Words;
            case 'W':
                return ClassSet.NotWords;
            case 's':
                return ClassSet.Spaces;
            case 'S':
                return ClassSet.NotSpaces;
            case 'p' or 'P':
                return ReadCategory(start, ref at, sign == 'P');
            case 'b' or 'B' when !inClass:
                throw parser.ErrorAt(start, "word boundaries are not supported");
            case >= '1' and <= '9' or 'k':
                throw parser.ErrorAt(start, "backreferences are not supported");
            case 'A' or 'z' or 'Z' or 'G':
                throw parser.ErrorAt(start, "only the ends of the pattern may have an anchor");
            default:
                int value = ReadCharacter(sign, start, ref at);
                return ClassSet.Same(CharacterSet.Of((value, value)));
        }
    }

    private ClassSet ReadItem(ref int at)
    {
        int start = at;
        ClassSet item = ReadOne(ref at, out int low);
        bool range = low >= 0 && at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']';
        if (!range)
        {
            return item;
        }

        at++;
        if (pattern[at] == '[')
        {
            throw parser.ErrorAt(at, "subtraction of classes is not supported");
        }

        ReadOne(ref at, out int high);
        return high < 0 ? throw parser.ErrorAt(start, "a range ends with a class")
            : high < low ? throw parser.ErrorAt(start, "a range is in the wrong order")
            : ClassSet.Same(CharacterSet.Of((low, high)));
    }

    /// <summary>Reads a character or an escape.</summary>
    /// <param name="at">Moved behind.</param>
    /// <param name="value">The character; negative for a class.</param>
    private ClassSet ReadOne(ref int at, out int value)
    {
        if (pattern[at] == '\\')
        {
            bool isClass = at + 1 < pattern.Length && pattern[at + 1] is 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'p' or 'P';
            ClassSet set = ParseEscape(ref at, inClass: true);
            value = isClass || set.Narrow.IsEmpty ? -1 : set.Narrow.Ranges[0].First;
            return set;
        }

        if (Rune.DecodeFromUtf16(pattern.AsSpan(at), out Rune rune, out int length) != OperationStatus.Done)
        {
            throw parser.ErrorAt(at, "half of a surrogate pair is no character");
        }

        at += length;
        value = rune.Value;
        return ClassSet.Same(CharacterSet.Of((value, value)));
    }

    private int ReadCharacter(char sign, int start, ref int at)
    {
        switch (sign)
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'b':
                return '\b';
            case '0' when at >= pattern.Length || !char.IsAsciiDigit(pattern[at]):
                return 0;
            case 'x':
                return ReadHex(2, start, ref at);
            case 'u' when at < pattern.Length && pattern[at] == '{':
                int close = pattern.IndexOf('}', at);
                int digits = close - at - 1;
                at++;
                int wide = digits is >= 1 and <= 6 ? ReadHex(digits, start, ref at) : -1;
                at++;
                return Rune.IsValid(wide) ? wide : throw parser.ErrorAt(start, "\\u{...} takes 1 to 6 hexadecimal digits of a character");
            case 'u':
                int unit = ReadHex(4, start, ref at);
                if (char.IsHighSurrogate((char)unit) && pattern.AsSpan(at).StartsWith("\\u"))
                {
                    at += 2;
                    int low = ReadHex(4, start, ref at);
                    return char.IsLowSurrogate((char)low) ? char.ConvertToUtf32((char)unit, (char)low) : throw parser.ErrorAt(start, "half of a surrogate pair is no character");
                }

                return Rune.IsValid(unit) ? unit : throw parser.ErrorAt(start, "half of a surrogate pair is no character");
            default:
                return char.IsAsciiLetterOrDigit(sign) || sign > 0x7F
                    ? throw parser.ErrorAt(start, $"the escape \\{sign} is not supported")
                    : sign;
        }
    }

    private int ReadHex(int digits, int start, ref int at)
    {
        if (at + digits > pattern.Length
            || !int.TryParse(pattern.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
        {
            throw parser.ErrorAt(start, $"expected {digits} hexadecimal digits");
        }

        at += digits;
        return value;
    }

    private ClassSet ReadCategory(int start, ref int at, bool negated)
    {
        int close = at < pattern.Length && pattern[at] == '{' ? pattern.IndexOf('}', at) : -1;
        string name = close < 0 ? "" : pattern[(at + 1)..close];
        if (UnicodeGroups.Find(name, negated) is not { } set)
        {
            throw parser.ErrorAt(start, "expected a general category such as \\p{L} or \\p{Lu}; scripts and blocks are not supported");
        }

        at = close + 1;
        return ClassSet.Same(set);
    }
}
