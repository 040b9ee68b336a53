namespace Agents.Models.Templates.Jinja;

/// <summary>The filters. The first positional argument of each is the filtered value.</summary>
internal static class JinjaFilters
{
    private static readonly Dictionary<string, Func<JinjaContext, JinjaArguments, JinjaValue>> _all = new(StringComparer.Ordinal);

    static JinjaFilters()
    {
        JinjaTextFilters.AddTo(_all);
        JinjaListFilters.AddTo(_all);
        JinjaSelectionFilters.AddTo(_all);
        JinjaNumberFilters.AddTo(_all);
        _all["default"] = _all["d"] = Default;
        _all["tojson"] = (context, arguments) => JinjaJson.Write(context, arguments.Positional[0], arguments);
        _all["attr"] = (context, arguments) => JinjaAttributes.Find(context, arguments.Positional[0], arguments.RequireText(context, 1, "name").Text);
    }

    public static bool IsKnown(string name) => _all.ContainsKey(name);

    public static JinjaValue Apply(JinjaContext context, string name, JinjaArguments arguments) =>
        _all.TryGetValue(name, out Func<JinjaContext, JinjaArguments, JinjaValue>? filter)
            ? filter(context, arguments)
            : throw context.Error($"the filter '{name}' is unknown.");

    private static JinjaValue Default(JinjaContext context, JinjaArguments arguments)
    {
        JinjaValue value = arguments.Positional[0];
        bool replaces = value is JinjaUndefined || (arguments.FindFlag(2, "boolean", fallback: false) && !value.IsTrue);
        return replaces ? arguments.Find(1, "default_value") ?? JinjaText.Empty : value;
    }
}
