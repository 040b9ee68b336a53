namespace Agents.Models.Templates.Jinja;

/// <summary>What an unknown name or a missing element gives: prints nothing, is false, and is an error in nearly every operation.</summary>
/// <param name="description">What is undefined, such as <c>'tools'</c>.</param>
internal sealed class JinjaUndefined(string description) : JinjaValue
{
    public override string TypeName => "undefined value";

    public override bool IsTrue => false;

    public string Description => description;
}
