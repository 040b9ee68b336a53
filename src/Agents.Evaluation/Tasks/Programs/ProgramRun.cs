namespace Agents.Evaluation.Tasks.Programs;

/// <summary>What happened when a program ran.</summary>
/// <param name="Output">Printed values in order.</param>
/// <param name="Trace">One line per computed assignment and condition, with values put in, such as b=3+4=7.</param>
/// <param name="Steps">Executed statements.</param>
/// <param name="Error">Why the program stopped early; null when it ended by itself.</param>
public sealed record ProgramRun(IReadOnlyList<string> Output, IReadOnlyList<string> Trace, int Steps, string? Error)
{
    /// <summary>Gets the printed values as one text, joined by ", ".</summary>
    public string OutputText => string.Join(", ", Output);
}
