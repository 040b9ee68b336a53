namespace Agents.Models.Templates.Jinja;

/// <summary>Variables of a block. Setting one never changes a block around it, as in Jinja.</summary>
/// <param name="parent">The block around it; null for the outermost.</param>
internal sealed class JinjaScope(JinjaScope? parent)
{
    private Dictionary<string, JinjaValue>? _values;

    public void Set(string name, JinjaValue value) => (_values ??= new(StringComparer.Ordinal))[name] = value;

    public JinjaValue? Find(string name)
    {
        for (JinjaScope? scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._values is not null && scope._values.TryGetValue(name, out JinjaValue? value))
            {
                return value;
            }
        }

        return null;
    }

    private JinjaScope? Parent => parent;
}
