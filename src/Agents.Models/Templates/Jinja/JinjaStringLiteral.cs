using System.Globalization;
using System.Text;

namespace Agents.Models.Templates.Jinja;

/// <summary>Reads string literals with Python's escapes. An unknown escape stays as it is written.</summary>
internal static class JinjaStringLiteral
{
    /// <summary>Reads a literal.</summary>
    /// <param name="source">The template.</param>
    /// <param name="start">Index of the opening quote.</param>
    /// <param name="end">Index after the closing quote.</param>
    /// <returns>The value; null when there is no closing quote or an escape is damaged.</returns>
    public static string? Read(string source, int start, out int end)
    {
        StringBuilder value = new();
        char quote = source[start];
        for (end = start + 1; end < source.Length; end++)
        {
            char unit = source[end];
            if (unit == quote)
            {
                end++;
                return value.ToString();
            }

            if (unit != '\\')
            {
                value.Append(unit);
            }
            else if (++end >= source.Length || !ReadEscape(source, ref end, value))
            {
                return null;
            }
        }

        return null;
    }

    private static bool ReadEscape(string source, ref int at, StringBuilder value)
    {
        char kind = source[at];
        switch (kind)
        {
            case '\n':
                return true;
            case '\\' or '\'' or '"':
                value.Append(kind);
                return true;
            case 'x':
                return ReadHexadecimal(source, ref at, 2, value);
            case 'u':
                return ReadHexadecimal(source, ref at, 4, value);
            case 'U':
                return ReadHexadecimal(source, ref at, 8, value);
            case >= '0' and <= '7':
                int number = 0;
                int last = at;
                for (int i = at; i < at + 3 && i < source.Length && source[i] is >= '0' and <= '7'; i++)
                {
                    number = (number * 8) + (source[i] - '0');
                    last = i;
                }

                at = last;
                value.Append((char)number);
                return true;
            default:
                int control = "abfnrtv".IndexOf(kind, StringComparison.Ordinal);
                value.Append(control >= 0 ? "\a\b\f\n\r\t\v"[control].ToString() : "\\" + kind);
                return true;
        }
    }

    private static bool ReadHexadecimal(string source, ref int at, int digits, StringBuilder value)
    {
        if (at + digits >= source.Length
            || !uint.TryParse(source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
            || code > 0x10FFFF)
        {
            return false;
        }

        at += digits;
        value.Append(code < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32((int)code));
        return true;
    }
}
