namespace Agents.Models.Templates.Jinja;

/// <summary>A floating-point number of 64 bits.</summary>
/// <param name="value">The number.</param>
internal sealed class JinjaFloat(double value) : JinjaValue
{
    public double Value => value;

    public override string TypeName => "float";

    public override bool IsTrue => value != 0;
}
