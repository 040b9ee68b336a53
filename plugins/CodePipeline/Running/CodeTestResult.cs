namespace Agents.Plugins.CodePipeline.Running;

/// <summary>What became of one test.</summary>
/// <param name="Test">The test.</param>
/// <param name="Passed">Whether the call gave the expected value.</param>
/// <param name="Actual">What the call gave, as text; null when it gave nothing.</param>
/// <param name="Error">Why there is no value; null when there is one.</param>
public sealed record CodeTestResult(CodeTest Test, bool Passed, string? Actual = null, string? Error = null)
{
    /// <summary>Gets one line that says what went wrong; empty for a test that passed.</summary>
    public string Failure => Passed ? "" : Error is null ? $"{Test.Call} gave {Actual}, expected {Test.Expected}" : $"{Test.Call} should give {Test.Expected}, but: {Error}";
}
