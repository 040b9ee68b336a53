namespace Agents.Models.Templates.Jinja;

/// <summary>An integer of 64 bits; overflow is an error, where Python would take more digits.</summary>
/// <param name="value">The number.</param>
internal sealed class JinjaInteger(long value) : JinjaValue
{
    public long Value => value;

    public override string TypeName => "int";

    public override bool IsTrue => value != 0;
}
