namespace Agents.Models.Templates.Jinja;

/// <summary>Filters that choose or translate elements by the name of a test, a filter or an attribute.</summary>
internal static class JinjaSelectionFilters
{
    public static void AddTo(Dictionary<string, Func<JinjaContext, JinjaArguments, JinjaValue>> filters)
    {
        filters["select"] = (context, arguments) => Select(context, arguments, byAttribute: false, keeps: true);
        filters["reject"] = (context, arguments) => Select(context, arguments, byAttribute: false, keeps: false);
        filters["selectattr"] = (context, arguments) => Select(context, arguments, byAttribute: true, keeps: true);
        filters["rejectattr"] = (context, arguments) => Select(context, arguments, byAttribute: true, keeps: false);
        filters["map"] = Map;
    }

    private static JinjaList Select(JinjaContext context, JinjaArguments arguments, bool byAttribute, bool keeps)
    {
        int next = byAttribute ? 2 : 1;
        JinjaValue? attribute = byAttribute ? arguments.Require(context, 1, "attribute") : null;
        string? test = arguments.Positional.Count > next ? arguments.RequireText(context, next, "test").Text : null;
        JinjaArguments rest = arguments.Skip(next + 1, test ?? arguments.Function);
        List<JinjaValue> kept = [];
        foreach (JinjaValue item in JinjaSequences.Items(context, arguments.Positional[0]))
        {
            context.Step();
            JinjaValue value = attribute is null ? item : JinjaAttributes.FindPath(context, item, attribute);
            if ((test is null ? value.IsTrue : JinjaTests.Apply(context, test, value, rest)) == keeps)
            {
                kept.Add(item);
            }
        }

        return new JinjaList(kept);
    }

    private static JinjaList Map(JinjaContext context, JinjaArguments arguments)
    {
        JinjaValue? attribute = arguments.Named.FirstOrDefault(argument => argument.Key == "attribute").Value;
        JinjaValue? fallback = arguments.Named.FirstOrDefault(argument => argument.Key == "default").Value;
        string? filter = attribute is null ? arguments.RequireText(context, 1, "filter").Text : null;
        IReadOnlyList<JinjaValue> items = JinjaSequences.Items(context, arguments.Positional[0]);
        context.MakeElements(items.Count);
        List<JinjaValue> mapped = new(items.Count);
        foreach (JinjaValue item in items)
        {
            JinjaValue value = filter is null
                ? JinjaAttributes.FindPath(context, item, attribute!)
                : JinjaFilters.Apply(context, filter, new JinjaArguments(filter, [item, .. arguments.Positional.Skip(2)], arguments.Named));
            mapped.Add(value is JinjaUndefined && filter is null && fallback is not null ? fallback : value);
        }

        return new JinjaList(mapped);
    }
}
