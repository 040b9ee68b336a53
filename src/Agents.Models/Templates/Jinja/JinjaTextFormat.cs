using System.Globalization;

namespace Agents.Models.Templates.Jinja;

/// <summary>Python's <c>%</c> formatting with s, r, d, i, f and x, a width, a precision and the flags minus and zero; and <c>str.format</c> without format specifications.</summary>
internal static class JinjaTextFormat
{
    /// <summary>Formats with <c>%</c>.</summary>
    public static JinjaText Percent(JinjaContext context, JinjaText format, IReadOnlyList<JinjaValue> values)
    {
        JinjaTextBuilder builder = new(context);
        int taken = 0;
        for (int at = 0; at < format.Length;)
        {
            int next = format.Text.IndexOf('%', at);
            int end = next < 0 ? format.Length : next;
            builder.Append(format, at, end - at);
            at = end + 1;
            if (next < 0)
            {
                break;
            }

            int start = at;
            while (at < format.Length && format.Text[at] is '-' or '0' or '.' or (>= '1' and <= '9'))
            {
                at++;
            }

            string specification = format.Text[start..Math.Min(at, format.Length)];
            char kind = at < format.Length ? format.Text[at++] : throw context.Error("the format ends inside a specification.");
            if (kind == '%')
            {
                builder.Append('%');
                continue;
            }

            JinjaValue value = taken < values.Count ? values[taken++] : throw context.Error("the format needs more values than there are.");
            AppendPadded(context, builder, Convert(context, kind, specification, value), specification);
        }

        return taken == values.Count ? builder.Build() : throw context.Error("the format needs fewer values than there are.");
    }

    /// <summary>Formats with braces: <c>{}</c>, <c>{0}</c> and <c>{name}</c>.</summary>
    public static JinjaText Braces(JinjaContext context, JinjaText format, JinjaArguments arguments)
    {
        JinjaTextBuilder builder = new(context);
        int next = 0;
        string text = format.Text;
        for (int at = 0; at < text.Length; at++)
        {
            char unit = text[at];
            bool doubled = unit is '{' or '}' && at + 1 < text.Length && text[at + 1] == unit;
            if (unit is not ('{' or '}') || doubled)
            {
                builder.Append(format, at, 1);
                at += doubled ? 1 : 0;
                continue;
            }

            int end = text.IndexOf('}', at);
            if (unit == '}' || end < 0)
            {
                throw context.Error("the format has a single brace.");
            }

            string field = text[(at + 1)..end];
            int index = field.Length == 0 ? next++ : int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int stated) ? stated : int.MaxValue;
            JinjaValue value = arguments.Find(index, field) ?? throw context.Error($"the format field '{field}' has no value or is not supported.");
            builder.Append(JinjaFormatting.ToText(context, value));
            at = end;
        }

        return builder.Build();
    }

    private static JinjaText Convert(JinjaContext context, char kind, string specification, JinjaValue value)
    {
        int dot = specification.IndexOf('.', StringComparison.Ordinal);
        int precision = dot < 0 ? 6 : dot + 1 == specification.Length ? 0 : ParseNumber(context, specification[(dot + 1)..]);
        switch (kind)
        {
            case 's':
                JinjaText text = JinjaFormatting.ToText(context, value);
                return dot >= 0 && precision < text.CountCodePoints(context) ? text.Slice(context, 0, text.OffsetOf(context, precision)) : text;
            case 'r':
                JinjaTextBuilder builder = new(context);
                JinjaFormatting.AppendRepresentation(context, builder, value);
                return builder.Build();
            case 'd' or 'i' when JinjaOperators.IsNumber(value):
                return new JinjaText((value is JinjaFloat number ? (long)Math.Truncate(number.Value) : JinjaArithmetic.ToInteger(value)).ToString(CultureInfo.InvariantCulture));
            case 'x' when value is JinjaInteger { Value: >= 0 } integer:
                return new JinjaText(integer.Value.ToString("x", CultureInfo.InvariantCulture));
            case 'f' when JinjaOperators.IsNumber(value) && precision <= 100:
                return new JinjaText(JinjaOperators.ToDouble(value).ToString("F" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
            default:
                throw context.Error($"the format '%{specification}{kind}' does not work on {value.TypeName}.");
        }
    }

    private static void AppendPadded(JinjaContext context, JinjaTextBuilder builder, JinjaText text, string specification)
    {
        string flags = specification.Split('.')[0];
        bool left = flags.Contains('-', StringComparison.Ordinal);
        string digits = flags.TrimStart('-', '0');
        int padding = (digits.Length == 0 ? 0 : ParseNumber(context, digits)) - text.CountCodePoints(context);
        bool zeros = !left && flags.StartsWith('0');
        bool negative = zeros && text.Text.StartsWith('-');
        builder.Append(negative ? "-" : string.Empty);
        builder.AppendRepeated(zeros ? '0' : ' ', left ? 0 : padding);
        builder.Append(text, negative ? 1 : 0, text.Length - (negative ? 1 : 0));
        builder.AppendRepeated(' ', left ? padding : 0);
    }

    private static int ParseNumber(JinjaContext context, string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= context.Limits.TextLength
            ? number
            : throw context.Error($"the format has the damaged number '{digits}'.");
}
