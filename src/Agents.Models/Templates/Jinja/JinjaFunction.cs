namespace Agents.Models.Templates.Jinja;

/// <summary>Something that a template can call: a built-in function, a method of a value, or a macro.</summary>
/// <param name="name">Name for messages.</param>
/// <param name="call">The work.</param>
internal sealed class JinjaFunction(string name, Func<JinjaContext, JinjaArguments, JinjaValue> call) : JinjaValue
{
    public string Name => name;

    public override string TypeName => "function";

    public JinjaValue Call(JinjaContext context, JinjaArguments arguments) => call(context, arguments);
}
