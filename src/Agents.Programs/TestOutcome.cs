namespace Agents.Programs;

/// <summary>How a test went.</summary>
/// <param name="Test">The test.</param>
/// <param name="Passed">Whether the program gave the expected value.</param>
/// <param name="Result">What it gave.</param>
public sealed record TestOutcome(ProgramTest Test, bool Passed, ProgramResult Result)
{
    /// <summary>Gets the value that came, or <c>error: message</c>.</summary>
    public string Got => Result.ToString();
}
