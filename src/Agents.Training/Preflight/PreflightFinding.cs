namespace Agents.Training.Preflight;

/// <summary>One thing that a preflight found.</summary>
/// <param name="Subject">Short stable name: <c>data</c>, <c>length</c>, <c>truncation</c>, <c>reward</c>, <c>signal</c>, <c>memory</c>.</param>
/// <param name="Verdict">How much it matters.</param>
/// <param name="Text">One sentence with the measured number, what was expected, and the way out.</param>
public sealed record PreflightFinding(string Subject, PreflightVerdict Verdict, string Text);
