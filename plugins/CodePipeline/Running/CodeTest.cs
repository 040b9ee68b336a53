namespace Agents.Plugins.CodePipeline.Running;

/// <summary>A test: a plain call and the value that it should give, both as source text of the program's language.</summary>
/// <param name="Call">The call, for example <c>f(3)</c>. Never an assertion, so that a traced run does not end in an exception.</param>
/// <param name="Expected">The value, for example <c>6</c>.</param>
public sealed record CodeTest(string Call, string Expected)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Call} == {Expected}";
}
