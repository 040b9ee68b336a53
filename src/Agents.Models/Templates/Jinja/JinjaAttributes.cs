namespace Agents.Models.Templates.Jinja;

/// <summary>Attributes of values: methods of strings and dictionaries, keys, what a loop knows, and what a namespace holds.</summary>
internal static class JinjaAttributes
{
    /// <summary>Finds <c>target.name</c>: methods first, then keys.</summary>
    public static JinjaValue Find(JinjaContext context, JinjaValue target, string name)
    {
        JinjaOperators.RequireDefined(context, target);
        return target switch
        {
            JinjaText text => JinjaTextMethods.Find(text, name),
            JinjaMap map => JinjaMapMethods.Find(map, name) ?? map.Find(name),
            JinjaList list => JinjaListMethods.Find(list, name),
            JinjaNamespace attributes => attributes.Attributes.GetValueOrDefault(name),
            JinjaLoop loop => loop.Find(context, name),
            _ => null,
        } ?? new JinjaUndefined($"'{name}' of a value of type {target.TypeName}");
    }

    /// <summary>Finds the attribute of a filter argument: parts between dots, numbers for elements of lists.</summary>
    public static JinjaValue FindPath(JinjaContext context, JinjaValue target, JinjaValue path)
    {
        if (path is not JinjaText text)
        {
            return JinjaSequences.Item(context, target, path);
        }

        foreach (string part in text.Text.Split('.'))
        {
            context.Step();
            target = int.TryParse(part, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int index)
                ? JinjaSequences.Item(context, target, new JinjaInteger(index))
                : JinjaSequences.Item(context, target, new JinjaText(part));
        }

        return target;
    }
}
