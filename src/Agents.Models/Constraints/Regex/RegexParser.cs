using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Regex;

/// <summary>
/// Reads the regular part of regular expressions, as ECMAScript and .NET share it: characters, classes, groups, alternatives, quantifiers, and anchors at the
/// ends. What is not regular (look-around, backreferences) or depends on options is refused by name and position.
/// </summary>
internal sealed class RegexParser
{
    private const int LongestPattern = 1 << 16;
    private const int DeepestGroup = 100;
    private readonly string _pattern;
    private readonly bool _search;
    private int _at;

    private RegexParser(string pattern, bool search)
    {
        _pattern = pattern;
        _search = search;
    }

    /// <summary>Parses a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="search">Whether text may surround the match where no anchor forbids it (JSON Schema); otherwise the whole text is the match.</param>
    /// <exception cref="ConstraintException">The pattern is damaged or uses something that is not supported.</exception>
    public static RegexNode Parse(string pattern, bool search)
    {
        if (pattern.Length > LongestPattern)
        {
            throw new ConstraintException($"The pattern has {pattern.Length} characters; expected at most {LongestPattern}.");
        }

        RegexParser parser = new(pattern, search);
        RegexNode node = parser.ParseChoice(0);
        return parser._at == pattern.Length ? node : throw parser.Error("')' has no '('");
    }

    private bool Ended => _at >= _pattern.Length;

    private RegexNode ParseChoice(int depth)
    {
        if (depth > DeepestGroup)
        {
            throw Error($"groups are nested deeper than {DeepestGroup}");
        }

        ImmutableArray<RegexNode>.Builder parts = ImmutableArray.CreateBuilder<RegexNode>();
        do
        {
            parts.Add(ParseSequence(depth));
        }
        while (TryTake('|'));
        return parts.Count == 1 ? parts[0] : new RegexChoice(parts.ToImmutable());
    }

    private RegexSequence ParseSequence(int depth)
    {
        ImmutableArray<RegexNode>.Builder parts = ImmutableArray.CreateBuilder<RegexNode>();
        bool top = depth == 0;
        bool fromStart = top && TryTakeAnchor('^', "\\A");
        bool toEnd = false;
        while (!Ended && _pattern[_at] is not ('|' or ')'))
        {
            if (top && TryTakeAnchor('$', "\\z", "\\Z"))
            {
                toEnd = true;
                if (!Ended && _pattern[_at] != '|')
                {
                    throw Error("an anchor stands in the middle; only the ends of the pattern may have one");
                }

                break;
            }

            parts.Add(ParseQuantified(depth));
        }

        if (top && _search)
        {
            RegexRepetition any = new(new RegexCharacter(CharacterSet.All), 0, null);
            if (!fromStart)
            {
                parts.Insert(0, any);
            }

            if (!toEnd)
            {
                parts.Add(any);
            }
        }

        return new RegexSequence(parts.ToImmutable());
    }

    private bool TryTakeAnchor(char sign, params ReadOnlySpan<string> escapes)
    {
        if (TryTake(sign))
        {
            return true;
        }

        foreach (string escape in escapes)
        {
            if (_pattern.AsSpan(_at).StartsWith(escape, StringComparison.Ordinal))
            {
                _at += escape.Length;
                return true;
            }
        }

        return false;
    }

    private RegexNode ParseQuantified(int depth)
    {
        RegexNode node = ParseAtom(depth);
        while (!Ended)
        {
            (int Minimum, int? Maximum)? bounds = _pattern[_at] switch
            {
                '*' => (0, null),
                '+' => (1, null),
                '?' => (0, 1),
                '{' => ReadBounds(),
                _ => null,
            };
            if (bounds is not { } found)
            {
                break;
            }

            _at++;
            if (!TryTake('?') && !Ended && _pattern[_at] == '+')
            {
                throw Error("possessive quantifiers are not supported");
            }

            node = RegexRepetition.Of(node, found.Minimum, found.Maximum);
            if (!Ended && _pattern[_at] is '*' or '+' or '?')
            {
                throw Error("a quantifier follows a quantifier; put the first part into a group");
            }
        }

        return node;
    }

    /// <summary>Reads {n}, {n,} or {n,m} up to its last sign; null when the brace is an ordinary character.</summary>
    private (int Minimum, int? Maximum)? ReadBounds()
    {
        int close = _pattern.IndexOf('}', _at);
        ReadOnlySpan<char> inside = close < 0 ? [] : _pattern.AsSpan(_at + 1, close - _at - 1);
        int comma = inside.IndexOf(',');
        ReadOnlySpan<char> low = comma < 0 ? inside : inside[..comma];
        ReadOnlySpan<char> high = comma < 0 ? inside : inside[(comma + 1)..];
        if (low.IsEmpty || low.IndexOfAnyExceptInRange('0', '9') >= 0 || high.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            throw Error("'{' begins no quantifier; write \\{ for the character");
        }

        bool fits = int.TryParse(low, NumberStyles.None, CultureInfo.InvariantCulture, out int minimum) & minimum <= GrammarBuilder.MaximumStates;
        int maximum = 0;
        fits &= high.IsEmpty || (int.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out maximum) && maximum <= GrammarBuilder.MaximumStates);
        if (!fits)
        {
            throw Error($"a bound of the quantifier is larger than {GrammarBuilder.MaximumStates}");
        }

        if (!high.IsEmpty && maximum < minimum)
        {
            throw Error($"the quantifier's bounds {minimum} and {maximum} are in the wrong order");
        }

        _at = close;
        return (minimum, high.IsEmpty ? null : maximum);
    }

    private RegexNode ParseAtom(int depth)
    {
        char sign = _pattern[_at];
        switch (sign)
        {
            case '(':
                return ParseGroup(depth);
            case '[':
                return new RegexCharacter(new RegexClassParser(_pattern, this).Parse(ref _at));
            case '.':
                _at++;
                return new RegexCharacter(ClassSet.Dot.Narrow);
            case '\\':
                return new RegexCharacter(new RegexClassParser(_pattern, this).ParseEscape(ref _at, inClass: false).Narrow);
            case '*' or '+' or '?':
                throw Error($"'{sign}' repeats nothing");
            case '{':
                throw Error("'{' repeats nothing; write \\{ for the character");
            case '^' or '$':
                throw Error($"'{sign}' stands inside the pattern; only its ends may have an anchor");
            default:
                Rune rune = ReadRune();
                return new RegexCharacter(CharacterSet.Of((rune.Value, rune.Value)));
        }
    }

    private RegexNode ParseGroup(int depth)
    {
        int start = _at++;
        if (TryTake('?'))
        {
            ReadOnlySpan<char> rest = _pattern.AsSpan(_at);
            if (rest.StartsWith(":"))
            {
                _at++;
            }
            else if (rest.StartsWith("=") || rest.StartsWith("!"))
            {
                throw Error("look-ahead is not supported");
            }
            else if (rest.StartsWith("<=") || rest.StartsWith("<!"))
            {
                throw Error("look-behind is not supported");
            }
            else if (rest.StartsWith("<") || rest.StartsWith("P<") || rest.StartsWith("'"))
            {
                int close = _pattern.AsSpan(Math.Min(_at + 2, _pattern.Length)).IndexOfAny('>', '\'');
                _at = close < 0 ? throw Error("the name of a group does not end") : _at + 2 + close + 1;
            }
            else
            {
                throw Error("of the groups with '(?' only (?:...) and (?<name>...) are supported; options, conditions and atomic groups are not");
            }
        }

        RegexNode node = ParseChoice(depth + 1);
        if (!TryTake(')'))
        {
            _at = start;
            throw Error("'(' has no ')'");
        }

        return node;
    }

    internal Rune ReadRune()
    {
        if (Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
        {
            throw Error("half of a surrogate pair is no character");
        }

        _at += length;
        return rune;
    }

    internal ConstraintException Error(string what) => ErrorAt(_at, what);

    internal ConstraintException ErrorAt(int position, string what)
    {
        string shown = _pattern.Length <= 80 ? _pattern : _pattern[..77] + "...";
        return new ConstraintException($"The pattern '{shown}' is not accepted at position {position}: {what}.");
    }

    private bool TryTake(char sign)
    {
        bool taken = !Ended && _pattern[_at] == sign;
        _at += taken ? 1 : 0;
        return taken;
    }
}
