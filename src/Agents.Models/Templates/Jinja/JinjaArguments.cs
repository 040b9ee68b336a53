namespace Agents.Models.Templates.Jinja;

/// <summary>Arguments of a call.</summary>
/// <param name="function">Name of the function, for messages.</param>
/// <param name="positional">Values in order.</param>
/// <param name="named">Values by name.</param>
internal sealed class JinjaArguments(string function, IReadOnlyList<JinjaValue> positional, IReadOnlyList<KeyValuePair<string, JinjaValue>> named)
{
    public string Function => function;

    public IReadOnlyList<JinjaValue> Positional => positional;

    public IReadOnlyList<KeyValuePair<string, JinjaValue>> Named => named;

    /// <summary>An argument by place or name; null when it is not given.</summary>
    public JinjaValue? Find(int index, string name) =>
        index < positional.Count ? positional[index] : named.FirstOrDefault(argument => argument.Key == name).Value;

    /// <summary>An argument that must be given.</summary>
    public JinjaValue Require(JinjaContext context, int index, string name) =>
        Find(index, name) ?? throw context.Error($"{function} needs the argument '{name}'.");

    public JinjaText RequireText(JinjaContext context, int index, string name) =>
        Require(context, index, name) as JinjaText
            ?? throw context.Error($"{function} got a value of type {Find(index, name)!.TypeName} for '{name}'; expected a string.");

    public JinjaText? FindText(JinjaContext context, int index, string name) =>
        Find(index, name) is null or JinjaNone ? null : RequireText(context, index, name);

    public long FindInteger(JinjaContext context, int index, string name, long fallback) => Find(index, name) switch
    {
        null => fallback,
        JinjaInteger integer => integer.Value,
        JinjaBoolean flag => flag.IsTrue ? 1 : 0,
        { } other => throw context.Error($"{function} got a value of type {other.TypeName} for '{name}'; expected an integer."),
    };

    public bool FindFlag(int index, string name, bool fallback) => Find(index, name)?.IsTrue ?? fallback;

    /// <summary>The same call without its first positional arguments.</summary>
    public JinjaArguments Skip(int count, string newFunction) => new(newFunction, [.. positional.Skip(count)], named);
}
