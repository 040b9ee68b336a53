using System.Globalization;
using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Json;

/// <summary>
/// The rules of JSON itself, made when they are first needed. White space is bounded: a space, or a line end with an indentation, where JSON writers put
/// one. Numbers have bounded digits, so that every reader can hold them.
/// </summary>
/// <param name="builder">Receives the rules; the root rule is there already.</param>
internal sealed class JsonGrammar(GrammarBuilder builder)
{
    private const int MostIndentation = 24;

    /// <summary>Characters that need no escape.</summary>
    private static readonly CharacterSet Plain = CharacterSet.Of((0x20, 0x21), (0x23, 0x5B), (0x5D, 0x10FFFF));

    private static readonly CharacterSet Hexadecimal = CharacterSet.Of(('0', '9'), ('A', 'F'), ('a', 'f'));

    private int? _space;
    private int? _string;
    private int? _number;
    private int? _integer;
    private int? _value;

    /// <summary>Gets characters that may stand in a string as they are.</summary>
    public static CharacterSet PlainCharacters => Plain;

    public GrammarBuilder Builder => builder;

    /// <summary>Adds optional white space.</summary>
    /// <returns>The state behind.</returns>
    public int AddSpace(int from)
    {
        _space ??= MakeRule("white space", rule =>
        {
            builder.AddEmpty(rule.Start, rule.End);
            builder.AddBytes(rule.Start, ' ', ' ', rule.End);
            int line = builder.AddState();
            builder.AddBytes(rule.Start, '\n', '\n', line);
            builder.AddEmpty(builder.AddRepetition(line, 0, MostIndentation, (before, behind) => builder.AddBytes(before, ' ', ' ', behind), bodyMayBeEmpty: false), rule.End);
        });
        int to = builder.AddState();
        builder.AddCall(from, _space.Value, to);
        return to;
    }

    /// <summary>Adds any string.</summary>
    public void AddString(int from, int to)
    {
        _string ??= MakeRule("any string", rule => AddText(rule.Start, 0, null, rule.End));
        builder.AddCall(from, _string.Value, to);
    }

    /// <summary>Adds a string of some length in characters.</summary>
    public void AddText(int from, int minimum, int? maximum, int to)
    {
        int open = builder.AddText(from, "\"");
        int body = builder.AddRepetition(open, minimum, maximum, AddAnyCharacter, bodyMayBeEmpty: false);
        builder.AddBytes(body, '"', '"', to);
    }

    /// <summary>Adds any number.</summary>
    public void AddNumber(int from, int to)
    {
        _number ??= MakeRule("any number", rule =>
        {
            int whole = AddWhole(rule.Start);
            int point = builder.AddText(whole, ".");
            int fraction = AddDigits(point, 1, 15);
            int exponent = builder.AddState();
            foreach (int before in (ReadOnlySpan<int>)[whole, fraction])
            {
                builder.AddEmpty(before, rule.End);
                builder.AddBytes(before, 'e', 'e', exponent);
                builder.AddBytes(before, 'E', 'E', exponent);
            }

            int signed = builder.AddState();
            builder.AddEmpty(exponent, signed);
            builder.AddBytes(exponent, '+', '+', signed);
            builder.AddBytes(exponent, '-', '-', signed);
            builder.AddEmpty(AddDigits(signed, 1, 2), rule.End);
        });
        builder.AddCall(from, _number.Value, to);
    }

    /// <summary>Adds any integer.</summary>
    public void AddInteger(int from, int to)
    {
        _integer ??= MakeRule("any integer", rule => builder.AddEmpty(AddWhole(rule.Start), rule.End));
        builder.AddCall(from, _integer.Value, to);
    }

    /// <summary>Adds any value.</summary>
    public void AddValue(int from, int to)
    {
        if (_value is null)
        {
            _value = builder.AddRule("any value", out GrammarRule rule);
            AddString(rule.Start, rule.End);
            AddNumber(rule.Start, rule.End);
            builder.AddTexts(rule.Start, ["null", "true", "false"], rule.End);
            AddAnyArray(rule.Start, rule.End);
            AddAnyObject(rule.Start, rule.End);
        }

        builder.AddCall(from, _value.Value, to);
    }

    /// <summary>Adds a character of a string that is known as a set: what must be escaped is, and nothing else.</summary>
    public void AddCharacter(int from, CharacterSet set, int to)
    {
        CharacterSet plain = set.Intersect(Plain);
        if (!plain.IsEmpty)
        {
            builder.AddCharacter(from, plain, to);
        }

        foreach ((int first, int last) in set.Except(Plain).Ranges)
        {
            for (int value = first; value <= last; value++)
            {
                string escaped = value switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\b' => "\\b",
                    '\f' => "\\f",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    _ => string.Create(CultureInfo.InvariantCulture, $"\\u{value:x4}"),
                };
                builder.AddEmpty(builder.AddText(from, escaped), to);
            }
        }
    }

    /// <summary>Adds any character of a string, in any way it may be written; pairs of surrogates stay pairs.</summary>
    public void AddAnyCharacter(int from, int to)
    {
        builder.AddCharacter(from, Plain, to);
        int escape = builder.AddText(from, "\\");
        builder.AddCharacter(escape, CharacterSet.OfText("\"\\/bfnrt"), to);
        int hexadecimal = builder.AddText(escape, "u");
        int second = builder.AddState();
        int third = builder.AddState();
        int last = builder.AddState();
        builder.AddCharacter(hexadecimal, Hexadecimal.Except(CharacterSet.OfText("dD")), second);
        builder.AddCharacter(second, Hexadecimal, third);
        builder.AddCharacter(third, Hexadecimal, last);
        builder.AddCharacter(last, Hexadecimal, to);
        int surrogate = builder.AddState();
        builder.AddCharacter(hexadecimal, CharacterSet.OfText("dD"), surrogate);
        builder.AddCharacter(surrogate, CharacterSet.Of(('0', '7')), third);
        int low = builder.AddState();
        builder.AddCharacter(surrogate, CharacterSet.OfText("89abAB"), low);
        int lowSecond = AddOne(AddOne(low, Hexadecimal), Hexadecimal);
        int pair = builder.AddText(lowSecond, "\\u");
        pair = AddOne(AddOne(pair, CharacterSet.OfText("dD")), CharacterSet.OfText("cdefCDEF"));
        builder.AddCharacter(AddOne(pair, Hexadecimal), Hexadecimal, to);
    }

    /// <summary>Adds digits.</summary>
    /// <returns>The state behind.</returns>
    public int AddDigits(int from, int minimum, int maximum) => AddDigitsOf(from, '0', '9', minimum, maximum);

    /// <summary>Adds digits of a range.</summary>
    /// <returns>The state behind.</returns>
    public int AddDigitsOf(int from, char first, char last, int minimum, int maximum) =>
        builder.AddRepetition(from, minimum, maximum, (before, behind) => builder.AddBytes(before, first, last, behind), bodyMayBeEmpty: false);

    private int AddOne(int from, CharacterSet set)
    {
        int to = builder.AddState();
        builder.AddCharacter(from, set, to);
        return to;
    }

    /// <summary>Adds a whole number of up to 15 digits.</summary>
    private int AddWhole(int from)
    {
        int signed = builder.AddState();
        builder.AddEmpty(from, signed);
        builder.AddBytes(from, '-', '-', signed);
        int first = builder.AddState();
        builder.AddBytes(signed, '1', '9', first);
        int to = AddDigits(first, 0, 14);
        builder.AddBytes(signed, '0', '0', to);
        return to;
    }

    private void AddAnyArray(int from, int to)
    {
        int open = AddSpace(builder.AddText(from, "["));
        int close = builder.AddState();
        builder.AddEmpty(open, close);
        int item = builder.AddState();
        AddValue(open, item);
        int comma = builder.AddState();
        builder.AddBytes(item, ',', ',', comma);
        AddValue(AddSpace(comma), item);
        builder.AddEmpty(AddSpace(item), close);
        builder.AddBytes(close, ']', ']', to);
    }

    private void AddAnyObject(int from, int to)
    {
        int open = AddSpace(builder.AddText(from, "{"));
        int close = builder.AddState();
        builder.AddEmpty(open, close);
        int key = builder.AddState();
        AddString(open, key);
        int value = builder.AddState();
        AddValue(AddSpace(builder.AddText(key, ":")), value);
        int comma = builder.AddState();
        builder.AddBytes(value, ',', ',', comma);
        AddString(AddSpace(comma), key);
        builder.AddEmpty(AddSpace(value), close);
        builder.AddBytes(close, '}', '}', to);
    }

    private int MakeRule(string name, Action<GrammarRule> fill)
    {
        int number = builder.AddRule(name, out GrammarRule rule);
        fill(rule);
        return number;
    }
}
