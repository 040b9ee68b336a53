namespace Agents.Models.Templates.Jinja;

/// <summary>
/// Cuts a template into text, tags and what stands inside tags, with the settings that model hubs render chat templates with: a newline after
/// a block tag or comment is dropped (trim_blocks), white space before one on its line too (lstrip_blocks), and one newline at the very end.
/// </summary>
internal sealed class JinjaLexer
{
    private static readonly string[] _operators =
    [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "(", ")", "[", "]", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    private readonly List<JinjaToken> _tokens = [];
    private readonly string _source;
    private int _at;
    private bool _lineStarts = true;
    private int _positionAt;
    private JinjaPosition _position = new(1, 1);

    private JinjaLexer(string source) => _source = source;

    /// <summary>Cuts a template.</summary>
    /// <exception cref="JinjaSyntaxException">A tag, comment or string has no end, or a character has no meaning.</exception>
    public static List<JinjaToken> Read(string source)
    {
        string normalized = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        JinjaLexer lexer = new(normalized.EndsWith('\n') ? normalized[..^1] : normalized);
        lexer.ReadRoot();
        return lexer._tokens;
    }

    private void ReadRoot()
    {
        while (_at < _source.Length)
        {
            int tag = FindTag(_at);
            if (tag < 0)
            {
                Add(JinjaTokenKind.Data, _source[_at..], _at);
                _at = _source.Length;
                break;
            }

            char kind = _source[tag + 1];
            char sign = tag + 2 < _source.Length ? _source[tag + 2] : ' ';
            bool signed = sign is '-' or '+';
            AddData(_at, tag, sign, isVariable: kind == '{');
            int begin = tag + (signed ? 3 : 2);
            if (kind == '#')
            {
                ReadComment(tag, begin);
            }
            else if (kind == '%' && TryReadRaw(tag, begin))
            {
                continue;
            }
            else
            {
                Add(kind == '{' ? JinjaTokenKind.VariableBegin : JinjaTokenKind.BlockBegin, kind == '{' ? "{{" : "{%", tag);
                _at = begin;
                ReadTag(tag, kind == '{');
            }
        }

        Add(JinjaTokenKind.End, string.Empty, _source.Length);
    }

    private int FindTag(int start)
    {
        for (int at = _source.IndexOf('{', start); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
        {
            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    private void AddData(int start, int end, char sign, bool isVariable)
    {
        int cut = end;
        if (sign == '-')
        {
            while (cut > start && IsSpace(_source[cut - 1]))
            {
                cut--;
            }
        }
        else if (sign != '+' && !isVariable)
        {
            int line = end > start ? _source.LastIndexOf('\n', end - 1, end - start) + 1 : 0;
            bool startsLine = line > 0;
            int from = startsLine ? line : start;
            if ((startsLine || _lineStarts) && SkipSpace(from) >= end)
            {
                cut = from;
            }
        }

        if (cut > start)
        {
            Add(JinjaTokenKind.Data, _source[start..cut], start);
        }
    }

    private void ReadComment(int tag, int begin)
    {
        int end = _source.IndexOf("#}", begin, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error(tag, "the comment has no end; expected '#}'.");
        }

        char sign = end > begin ? _source[end - 1] : ' ';
        EndTag(end + 2, sign, trimsNewline: true);
    }

    /// <summary>Text between <c>{% raw %}</c> and <c>{% endraw %}</c> stays as it is.</summary>
    private bool TryReadRaw(int tag, int begin)
    {
        if (!TryReadWord(begin, "raw", out int end, out char endSign))
        {
            return false;
        }

        EndTag(end, endSign, trimsNewline: true);
        int start = _at;
        for (int at = _source.IndexOf("{%", start, StringComparison.Ordinal); at >= 0; at = _source.IndexOf("{%", at + 2, StringComparison.Ordinal))
        {
            char sign = at + 2 < _source.Length ? _source[at + 2] : ' ';
            if (TryReadWord(at + (sign is '-' or '+' ? 3 : 2), "endraw", out end, out endSign))
            {
                AddData(start, at, sign, isVariable: false);
                EndTag(end, endSign, trimsNewline: true);
                return true;
            }
        }

        throw Error(tag, "the raw block has no end; expected 'endraw'.");
    }

    private bool TryReadWord(int at, string word, out int end, out char sign)
    {
        end = SkipSpace(at);
        sign = ' ';
        if (string.CompareOrdinal(_source, end, word, 0, word.Length) != 0)
        {
            return false;
        }

        end = SkipSpace(end + word.Length);
        if (end < _source.Length && _source[end] is '-' or '+')
        {
            sign = _source[end++];
        }

        bool closes = string.CompareOrdinal(_source, end, "%}", 0, 2) == 0;
        end += 2;
        return closes;
    }

    private void EndTag(int end, char sign, bool trimsNewline)
    {
        _at = end;
        if (sign == '-')
        {
            _at = SkipSpace(end);
        }
        else if (trimsNewline && sign != '+' && end < _source.Length && _source[end] == '\n')
        {
            _at++;
        }

        _lineStarts = _source[_at - 1] == '\n';
    }

    private void ReadTag(int tag, bool isVariable)
    {
        string close = isVariable ? "}}" : "%}";
        int open = 0;
        while (true)
        {
            _at = SkipSpace(_at);
            if (_at >= _source.Length)
            {
                throw Error(tag, $"the tag has no end; expected '{close}'.");
            }

            bool signed = _source[_at] is '-' or '+';
            if (open == 0 && string.CompareOrdinal(_source, _at + (signed ? 1 : 0), close, 0, 2) == 0 && !(isVariable && _source[_at] == '+'))
            {
                Add(isVariable ? JinjaTokenKind.VariableEnd : JinjaTokenKind.BlockEnd, close, _at);
                EndTag(_at + (signed ? 3 : 2), signed ? _source[_at] : ' ', trimsNewline: !isVariable);
                return;
            }

            JinjaToken token = ReadInside();
            open += token.Kind != JinjaTokenKind.Operator ? 0 : token.Text is "(" or "[" or "{" ? 1 : token.Text is ")" or "]" or "}" ? -1 : 0;
            if (open < 0)
            {
                throw Error(_at - 1, $"'{token.Text}' closes nothing.");
            }
        }
    }

    private JinjaToken ReadInside()
    {
        int start = _at;
        char first = _source[start];
        if (first is '\'' or '"')
        {
            string value = JinjaStringLiteral.Read(_source, start, out _at) ?? throw Error(start, "the string has no end.");
            return Add(JinjaTokenKind.Text, value, start);
        }

        if (char.IsAsciiDigit(first))
        {
            return ReadNumber(start);
        }

        if (first == '_' || char.IsLetter(first))
        {
            while (_at < _source.Length && (_source[_at] == '_' || char.IsLetterOrDigit(_source[_at])))
            {
                _at++;
            }

            return Add(JinjaTokenKind.Name, _source[start.._at], start);
        }

        foreach (string candidate in _operators)
        {
            if (string.CompareOrdinal(_source, start, candidate, 0, candidate.Length) == 0)
            {
                _at += candidate.Length;
                return Add(JinjaTokenKind.Operator, candidate, start);
            }
        }

        throw Error(start, $"the character '{first}' has no meaning here.");
    }

    private JinjaToken ReadNumber(int start)
    {
        JinjaTokenKind kind = JinjaTokenKind.Integer;
        SkipDigits();
        if (_at + 1 < _source.Length && _source[_at] == '.' && char.IsAsciiDigit(_source[_at + 1]))
        {
            kind = JinjaTokenKind.Float;
            _at++;
            SkipDigits();
        }

        if (_at < _source.Length && _source[_at] is 'e' or 'E')
        {
            int digits = _at + 1 < _source.Length && _source[_at + 1] is '+' or '-' ? _at + 2 : _at + 1;
            if (digits < _source.Length && char.IsAsciiDigit(_source[digits]))
            {
                kind = JinjaTokenKind.Float;
                _at = digits;
                SkipDigits();
            }
        }

        return Add(kind, _source[start.._at].Replace("_", string.Empty, StringComparison.Ordinal), start);
    }

    private void SkipDigits()
    {
        while (_at < _source.Length && (char.IsAsciiDigit(_source[_at]) || _source[_at] == '_'))
        {
            _at++;
        }
    }

    private int SkipSpace(int at)
    {
        while (at < _source.Length && IsSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsSpace(char unit) => JinjaCharacters.IsSpace(unit);

    private JinjaToken Add(JinjaTokenKind kind, string text, int at)
    {
        JinjaToken token = new(kind, text, PositionOf(at));
        _tokens.Add(token);
        return token;
    }

    /// <summary>Places come in ascending order, so counting lines costs one pass in all.</summary>
    private JinjaPosition PositionOf(int at)
    {
        for (; _positionAt < at; _positionAt++)
        {
            _position = _source[_positionAt] == '\n' ? new JinjaPosition(_position.Line + 1, 1) : _position with { Column = _position.Column + 1 };
        }

        return _position;
    }

    private JinjaSyntaxException Error(int at, string message)
    {
        int line = 1;
        int column = 1;
        for (int i = 0; i < at; i++)
        {
            (line, column) = _source[i] == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return new JinjaSyntaxException(line, column, message);
    }
}
