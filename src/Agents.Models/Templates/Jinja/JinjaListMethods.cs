namespace Agents.Models.Templates.Jinja;

/// <summary>Methods of lists. Those that change a list are missing: lists are immutable.</summary>
internal static class JinjaListMethods
{
    public static JinjaFunction? Find(JinjaList list, string name) => name switch
    {
        "count" => new JinjaFunction(name, (context, arguments) =>
        {
            JinjaValue wanted = arguments.Require(context, 0, "value");
            return new JinjaInteger(list.Items.Count(item => JinjaOperators.AreEqual(context, item, wanted)));
        }),
        "index" => new JinjaFunction(name, (context, arguments) =>
        {
            JinjaValue wanted = arguments.Require(context, 0, "value");
            for (int i = 0; i < list.Items.Count; i++)
            {
                if (JinjaOperators.AreEqual(context, list.Items[i], wanted))
                {
                    return new JinjaInteger(i);
                }
            }

            throw context.Error("the list has no such element.");
        }),
        "copy" => new JinjaFunction(name, (_, _) => list),
        _ => null,
    };
}
