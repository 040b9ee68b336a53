using System.Globalization;

namespace Agents.Models.Templates.Jinja;

/// <summary>Filters that make or change numbers.</summary>
internal static class JinjaNumberFilters
{
    public static void AddTo(Dictionary<string, Func<JinjaContext, JinjaArguments, JinjaValue>> filters)
    {
        filters["int"] = ToInteger;
        filters["float"] = ToFloat;
        filters["abs"] = (context, arguments) => arguments.Positional[0] switch
        {
            JinjaFloat number => new JinjaFloat(Math.Abs(number.Value)),
            JinjaInteger { Value: > long.MinValue } integer => new JinjaInteger(Math.Abs(integer.Value)),
            var other => throw context.Error($"abs does not work on {other.TypeName}."),
        };
        filters["round"] = Round;
    }

    private static JinjaValue ToInteger(JinjaContext context, JinjaArguments arguments)
    {
        JinjaValue fallback = arguments.Find(1, "default") ?? new JinjaInteger(0);
        switch (arguments.Positional[0])
        {
            case JinjaInteger or JinjaBoolean:
                return new JinjaInteger(JinjaArithmetic.ToInteger(arguments.Positional[0]));
            case JinjaFloat number:
                return Truncated(number.Value, fallback);
            case JinjaText text:
                context.Scan(text.Length);
                ReadOnlySpan<char> trimmed = text.Text.AsSpan().Trim();
                if (arguments.FindInteger(context, 2, "base", 10) is 16 && !trimmed.IsEmpty)
                {
                    ReadOnlySpan<char> digits = trimmed.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? trimmed[2..] : trimmed;
                    return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long read) ? new JinjaInteger(read) : fallback;
                }

                return long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer) ? new JinjaInteger(integer)
                    : TryParseFloat(text.Text, out double parsed) ? Truncated(parsed, fallback)
                    : fallback;
            default:
                return fallback;
        }
    }

    private static JinjaValue ToFloat(JinjaContext context, JinjaArguments arguments)
    {
        JinjaValue value = arguments.Positional[0];
        context.Scan(value is JinjaText scanned ? scanned.Length : 0);
        return JinjaOperators.IsNumber(value) ? new JinjaFloat(JinjaOperators.ToDouble(value))
            : value is JinjaText text && TryParseFloat(text.Text, out double parsed) ? new JinjaFloat(parsed)
            : arguments.Find(1, "default") ?? new JinjaFloat(0);
    }

    private static JinjaValue Truncated(double value, JinjaValue fallback) =>
        Math.Abs(value) < 9.2e18 ? new JinjaInteger((long)value) : fallback;

    private static bool TryParseFloat(string text, out double value) =>
        double.TryParse(text.AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static JinjaValue Round(JinjaContext context, JinjaArguments arguments)
    {
        JinjaValue value = arguments.Positional[0];
        if (!JinjaOperators.IsNumber(value))
        {
            throw context.Error($"round does not work on {value.TypeName}.");
        }

        int precision = (int)Math.Clamp(arguments.FindInteger(context, 1, "precision", 0), -15, 15);
        string method = arguments.FindText(context, 2, "method")?.Text ?? "common";
        double number = JinjaOperators.ToDouble(value);
        double scale = Math.Pow(10, precision);
        if (method == "common" && value is not JinjaFloat)
        {
            return precision < 0 && Math.Abs(number) < 1e15 ? new JinjaInteger((long)(Math.Round(number * scale, MidpointRounding.ToEven) / scale)) : new JinjaInteger(JinjaArithmetic.ToInteger(value));
        }

        return new JinjaFloat(method switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            "common" when precision < 0 || Math.Abs(number) >= 1e15 => Math.Round(number * scale, MidpointRounding.ToEven) / scale,
            "common" => RoundExactly(number, precision),
            _ => throw context.Error($"round knows no method '{method}'; expected common, ceil or floor."),
        });
    }

    /// <summary>
    /// Rounds the exact binary value, as Python does: 2.675 to two digits is 2.67, because its binary value is below the midpoint; true
    /// midpoints, which have few binary places, go to the even neighbour.
    /// </summary>
    private static double RoundExactly(double number, int precision)
    {
        double shifted = number * Math.Pow(2, precision + 1);
        bool fewPlaces = shifted == Math.Floor(shifted) && Math.Abs(number) < 1e9;
        return fewPlaces
            ? (double)Math.Round((decimal)number, precision, MidpointRounding.ToEven)
            : double.Parse(number.ToString("F" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
