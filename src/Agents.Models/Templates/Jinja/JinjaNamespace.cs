namespace Agents.Models.Templates.Jinja;

/// <summary>What <c>namespace()</c> makes: the one thing whose attributes a template may set.</summary>
internal sealed class JinjaNamespace : JinjaValue
{
    public Dictionary<string, JinjaValue> Attributes { get; } = new(StringComparer.Ordinal);

    public override string TypeName => "namespace";
}
