namespace Agents.Models.Templates.Jinja;

/// <summary>A truth value; in arithmetic 0 or 1, as in Python.</summary>
internal sealed class JinjaBoolean : JinjaValue
{
    private static readonly JinjaBoolean _true = new(true);
    private static readonly JinjaBoolean _false = new(false);
    private readonly bool _value;

    private JinjaBoolean(bool value) => _value = value;

    public override string TypeName => "bool";

    public override bool IsTrue => _value;

    public static JinjaBoolean Of(bool value) => value ? _true : _false;
}
