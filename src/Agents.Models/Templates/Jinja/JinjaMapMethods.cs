namespace Agents.Models.Templates.Jinja;

/// <summary>Methods of dictionaries.</summary>
internal static class JinjaMapMethods
{
    public static JinjaFunction? Find(JinjaMap map, string name) => name switch
    {
        "get" => new JinjaFunction(name, (context, arguments) => map.Find(arguments.Require(context, 0, "key")) ?? arguments.Find(1, "default") ?? JinjaNone.Instance),
        "items" => new JinjaFunction(name, (context, _) => JinjaSequences.Entries(context, map)),
        "keys" => new JinjaFunction(name, (context, _) => Made(context, map, entry => entry.Key)),
        "values" => new JinjaFunction(name, (context, _) => Made(context, map, entry => entry.Value)),
        "copy" => new JinjaFunction(name, (_, _) => map),
        _ => null,
    };

    private static JinjaList Made(JinjaContext context, JinjaMap map, Func<KeyValuePair<JinjaValue, JinjaValue>, JinjaValue> part)
    {
        context.MakeElements(map.Entries.Count);
        return new JinjaList([.. map.Entries.Select(part)]);
    }
}
