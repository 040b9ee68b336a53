namespace Agents.Models.Templates.Jinja;

/// <summary>What <c>is</c> can ask.</summary>
internal static class JinjaTests
{
    private static readonly Dictionary<string, Func<JinjaContext, JinjaValue, JinjaArguments, bool>> _all = new(StringComparer.Ordinal)
    {
        ["defined"] = (_, value, _) => value is not JinjaUndefined,
        ["undefined"] = (_, value, _) => value is JinjaUndefined,
        ["none"] = (_, value, _) => value is JinjaNone,
        ["string"] = (_, value, _) => value is JinjaText,
        ["mapping"] = (_, value, _) => value is JinjaMap,
        ["sequence"] = (_, value, _) => value is JinjaList or JinjaMap or JinjaText or JinjaUndefined,
        ["iterable"] = (_, value, _) => value is JinjaList or JinjaMap or JinjaText or JinjaUndefined,
        ["number"] = (_, value, _) => JinjaOperators.IsNumber(value),
        ["integer"] = (_, value, _) => value is JinjaInteger,
        ["float"] = (_, value, _) => value is JinjaFloat,
        ["boolean"] = (_, value, _) => value is JinjaBoolean,
        ["true"] = (_, value, _) => value is JinjaBoolean { IsTrue: true },
        ["false"] = (_, value, _) => value is JinjaBoolean { IsTrue: false },
        ["callable"] = (_, value, _) => value is JinjaFunction,
        ["even"] = (context, value, _) => Remainder(context, value, 2) == 0,
        ["odd"] = (context, value, _) => Remainder(context, value, 2) == 1,
        ["divisibleby"] = (context, value, arguments) => Remainder(context, value, arguments.FindInteger(context, 0, "num", 1)) == 0,
        ["lower"] = (context, value, _) => Text(context, value) is var text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
        ["upper"] = (context, value, _) => Text(context, value) is var text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        ["in"] = (context, value, arguments) => JinjaOperators.Contains(context, arguments.Require(context, 0, "seq"), value),
        ["sameas"] = (context, value, arguments) => ReferenceEquals(value, arguments.Require(context, 0, "other")),
        ["filter"] = (context, value, _) => JinjaFilters.IsKnown(Text(context, value)),
        ["test"] = (context, value, _) => IsKnown(Text(context, value)),
        ["eq"] = Comparison("=="),
        ["equalto"] = Comparison("=="),
        ["ne"] = Comparison("!="),
        ["lt"] = Comparison("<"),
        ["lessthan"] = Comparison("<"),
        ["le"] = Comparison("<="),
        ["gt"] = Comparison(">"),
        ["greaterthan"] = Comparison(">"),
        ["ge"] = Comparison(">="),
    };

    public static bool IsKnown(string name) => _all.ContainsKey(name) || IsOperator(name);

    public static bool Apply(JinjaContext context, string name, JinjaValue value, JinjaArguments arguments) =>
        _all.TryGetValue(name, out Func<JinjaContext, JinjaValue, JinjaArguments, bool>? test) ? test(context, value, arguments)
            : IsOperator(name) ? JinjaOperators.Compare(context, name, value, arguments.Require(context, 0, "other"))
            : throw context.Error($"the test '{name}' is unknown.");

    /// <summary>Operators can be named in filters such as <c>selectattr</c>.</summary>
    private static bool IsOperator(string name) => name is "==" or "!=" or "<" or "<=" or ">" or ">=";

    private static Func<JinjaContext, JinjaValue, JinjaArguments, bool> Comparison(string symbol) =>
        (context, value, arguments) => JinjaOperators.Compare(context, symbol, value, arguments.Require(context, 0, "other"));

    private static string Text(JinjaContext context, JinjaValue value)
    {
        JinjaText text = JinjaFormatting.ToText(context, value);
        context.Scan(text.Length);
        return text.Text;
    }

    private static long Remainder(JinjaContext context, JinjaValue value, long divisor) =>
        JinjaOperators.Apply(context, "%", value, new JinjaInteger(divisor)) is JinjaInteger rest ? rest.Value : -1;
}
