using System.Globalization;
using System.Text;

namespace Agents.Models.Templates.Jinja;

/// <summary>Python's <c>str</c> and <c>repr</c> of values.</summary>
internal static class JinjaFormatting
{
    /// <summary>The value as it is printed.</summary>
    public static JinjaText ToText(JinjaContext context, JinjaValue value)
    {
        if (value is JinjaText text)
        {
            return text;
        }

        if (value is JinjaUndefined)
        {
            return JinjaText.Empty;
        }

        JinjaTextBuilder builder = new(context);
        AppendRepresentation(context, builder, value);
        return builder.Build();
    }

    public static void AppendRepresentation(JinjaContext context, JinjaTextBuilder builder, JinjaValue value)
    {
        context.Step();
        context.Enter();
        switch (value)
        {
            case JinjaText text:
                builder.Append(Quote(text.Text), text.Marks(context));
                break;
            case JinjaNone:
                builder.Append("None");
                break;
            case JinjaBoolean flag:
                builder.Append(flag.IsTrue ? "True" : "False");
                break;
            case JinjaInteger integer:
                builder.Append(integer.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case JinjaFloat number:
                builder.Append(Float(number.Value));
                break;
            case JinjaList list:
                AppendList(context, builder, list);
                break;
            case JinjaMap map:
                AppendMap(context, builder, map);
                break;
            case JinjaUndefined:
                builder.Append("Undefined");
                break;
            default:
                builder.Append($"<{value.TypeName}>");
                break;
        }

        context.Leave();
    }

    /// <summary>Python's shortest form of a number: at least one decimal, an exponent below 1e-4 and from 1e16 on.</summary>
    public static string Float(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        (string sign, string digits, int exponent) = Digits(value.ToString("R", CultureInfo.InvariantCulture));
        if (exponent is < -4 or >= 16)
        {
            string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        digits = digits.PadRight(exponent + 2, '0');
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>Takes the shortest decimal apart: its digits d give the number d[0].d[1..] times 10 to the exponent.</summary>
    private static (string Sign, string Digits, int Exponent) Digits(string shortest)
    {
        string sign = shortest[0] == '-' ? "-" : string.Empty;
        int end = shortest.IndexOf('E', StringComparison.Ordinal);
        int stated = end < 0 ? 0 : int.Parse(shortest.AsSpan(end + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = shortest[sign.Length..(end < 0 ? shortest.Length : end)];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string all = mantissa.Replace(".", string.Empty, StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        int exponent = (point < 0 ? all.Length : point) - 1 - (all.Length - digits.Length) + stated;
        return (sign, digits.TrimEnd('0'), exponent);
    }

    private static void AppendList(JinjaContext context, JinjaTextBuilder builder, JinjaList list)
    {
        builder.Append(list.IsTuple ? '(' : '[');
        for (int i = 0; i < list.Items.Count; i++)
        {
            builder.Append(i == 0 ? string.Empty : ", ");
            AppendRepresentation(context, builder, list.Items[i]);
        }

        builder.Append(list.IsTuple ? list.Items.Count == 1 ? ",)" : ")" : "]");
    }

    private static void AppendMap(JinjaContext context, JinjaTextBuilder builder, JinjaMap map)
    {
        builder.Append('{');
        bool first = true;
        foreach ((JinjaValue key, JinjaValue value) in map.Entries)
        {
            builder.Append(first ? string.Empty : ", ");
            first = false;
            AppendRepresentation(context, builder, key);
            builder.Append(": ");
            AppendRepresentation(context, builder, value);
        }

        builder.Append('}');
    }

    private static string Quote(string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        StringBuilder quoted = new(text.Length + 2);
        quoted.Append(quote);
        for (int i = 0; i < text.Length; i++)
        {
            char unit = text[i];
            bool pair = char.IsHighSurrogate(unit) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            Rune rune = pair ? new Rune(unit, text[i + 1]) : Rune.TryCreate(unit, out Rune single) ? single : Rune.ReplacementChar;
            switch (unit)
            {
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\r':
                    quoted.Append("\\r");
                    break;
                case '\t':
                    quoted.Append("\\t");
                    break;
                case '\\':
                    quoted.Append("\\\\");
                    break;
                default:
                    if (unit == quote)
                    {
                        quoted.Append('\\').Append(unit);
                    }
                    else if (char.IsSurrogate(unit) && !pair)
                    {
                        quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
                    }
                    else
                    {
                        AppendPrintable(quoted, rune);
                    }

                    break;
            }

            i += pair ? 1 : 0;
        }

        return quoted.Append(quote).ToString();
    }

    private static void AppendPrintable(StringBuilder quoted, Rune rune)
    {
        UnicodeCategory category = Rune.GetUnicodeCategory(rune);
        bool hidden = rune.Value != ' ' && category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            || (category == UnicodeCategory.SpaceSeparator && rune.Value != ' ');
        if (!hidden)
        {
            quoted.Append(rune);
        }
        else
        {
            quoted.Append(rune.Value switch
            {
                < 0x100 => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                < 0x10000 => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            });
        }
    }
}
