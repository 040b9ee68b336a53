using System.Globalization;
using System.Text;

namespace Agents.Models.Templates.Jinja;

/// <summary>Functions that every chat template has.</summary>
internal static class JinjaGlobals
{
    private static readonly Dictionary<string, JinjaValue> _all = new JinjaFunction[]
    {
        new("raise_exception", (context, arguments) => throw new JinjaRaisedException(
            context.Position.Line, context.Position.Column, Excerpt(JinjaFormatting.ToText(context, arguments.Require(context, 0, "message")).Text))),
        new("strftime_now", StrftimeNow),
        new("range", Range),
        new("namespace", Namespace),
        new("dict", Dictionary),
        new("list", (context, arguments) => new JinjaList(arguments.Positional.Count == 0 ? [] : JinjaSequences.Items(context, arguments.Positional[0]))),
        new("bool", (_, arguments) => JinjaBoolean.Of(arguments.Positional.Count > 0 && arguments.Positional[0].IsTrue)),
        new("str", (context, arguments) => arguments.Positional.Count == 0 ? JinjaText.Empty : JinjaFormatting.ToText(context, arguments.Positional[0])),
        new("int", (context, arguments) => arguments.Positional.Count == 0 ? new JinjaInteger(0) : JinjaFilters.Apply(context, "int", arguments)),
        new("float", (context, arguments) => arguments.Positional.Count == 0 ? new JinjaFloat(0) : JinjaFilters.Apply(context, "float", arguments)),
        new("len", (context, arguments) => new JinjaInteger(JinjaSequences.Length(context, arguments.Require(context, 0, "obj")))),
    }.ToDictionary(function => function.Name, JinjaValue (function) => function, StringComparer.Ordinal);

    public static JinjaValue? Find(string name) => _all.GetValueOrDefault(name);

    private static JinjaList Range(JinjaContext context, JinjaArguments arguments)
    {
        long first = arguments.FindInteger(context, 0, "start", 0);
        bool single = arguments.Positional.Count < 2;
        long start = single ? 0 : first;
        long stop = single ? first : arguments.FindInteger(context, 1, "stop", 0);
        long step = arguments.FindInteger(context, 2, "step", 1);
        if (step == 0 || arguments.Positional.Count == 0)
        {
            throw context.Error("range needs an end and a step other than 0.");
        }

        Int128 distance = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        Int128 stride = Int128.Abs(step);
        Int128 count = distance <= 0 ? 0 : (distance + stride - 1) / stride;
        context.MakeElements((long)Int128.Min(count, long.MaxValue));
        JinjaValue[] numbers = new JinjaValue[(int)count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = new JinjaInteger(start + (i * step));
        }

        return new JinjaList(numbers);
    }

    private static JinjaNamespace Namespace(JinjaContext context, JinjaArguments arguments)
    {
        JinjaNamespace made = new();
        if (arguments.Positional is [JinjaMap map, ..])
        {
            foreach ((JinjaValue key, JinjaValue value) in map.Entries)
            {
                made.Attributes[JinjaFormatting.ToText(context, key).Text] = value;
            }
        }

        foreach ((string name, JinjaValue value) in arguments.Named)
        {
            made.Attributes[name] = value;
        }

        return made;
    }

    private static JinjaMap Dictionary(JinjaContext context, JinjaArguments arguments)
    {
        JinjaMap made = new();
        if (arguments.Positional is [var source, ..])
        {
            IReadOnlyList<JinjaValue> pairs = source is JinjaMap map ? JinjaSequences.Entries(context, map).Items : JinjaSequences.Items(context, source);
            foreach (JinjaValue pair in pairs)
            {
                made.Set(
                    pair is JinjaList { Items: [var key, _] } && JinjaKeyComparer.CanBeKey(key) ? key : throw context.Error("dict needs pairs of a key and a value."),
                    ((JinjaList)pair).Items[1]);
            }
        }

        foreach ((string name, JinjaValue value) in arguments.Named)
        {
            made.Set(name, value);
        }

        return made;
    }

    /// <summary>The local date and time in the C library's notation; fields that chat templates have no use for are refused.</summary>
    private static JinjaText StrftimeNow(JinjaContext context, JinjaArguments arguments)
    {
        string format = arguments.RequireText(context, 0, "format").Text;
        DateTimeOffset now = context.Time.GetLocalNow();
        StringBuilder text = new();
        context.Make(format.Length);
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            char field = format[++i] == '-' && i + 1 < format.Length ? format[++i] : format[i];
            bool padded = format[i - 1] != '-';
            string value = field switch
            {
                'Y' => now.ToString("yyyy", CultureInfo.InvariantCulture),
                'y' => now.ToString("yy", CultureInfo.InvariantCulture),
                'm' => now.ToString("MM", CultureInfo.InvariantCulture),
                'd' => now.ToString("dd", CultureInfo.InvariantCulture),
                'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
                'b' or 'h' => now.ToString("MMM", CultureInfo.InvariantCulture),
                'B' => now.ToString("MMMM", CultureInfo.InvariantCulture),
                'a' => now.ToString("ddd", CultureInfo.InvariantCulture),
                'A' => now.ToString("dddd", CultureInfo.InvariantCulture),
                'H' => now.ToString("HH", CultureInfo.InvariantCulture),
                'I' => now.ToString("hh", CultureInfo.InvariantCulture),
                'M' => now.ToString("mm", CultureInfo.InvariantCulture),
                'S' => now.ToString("ss", CultureInfo.InvariantCulture),
                'p' => now.ToString("tt", CultureInfo.InvariantCulture),
                'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                'F' => now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                'T' => now.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
                'D' => now.ToString("MM'/'dd'/'yy", CultureInfo.InvariantCulture),
                '%' => "%",
                _ => throw context.Error($"strftime_now knows no field '%{field}'."),
            };
            text.Append(padded ? value : value.TrimStart('0', ' '));
        }

        context.CheckLength(text.Length);
        return new JinjaText(text.ToString());
    }

    private static string Excerpt(string message) => message.Length <= 500 ? message : message[..500] + "...";
}
