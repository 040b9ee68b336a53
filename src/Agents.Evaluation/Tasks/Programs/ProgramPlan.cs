namespace Agents.Evaluation.Tasks.Programs;

/// <summary>A small program and what is asked about it.</summary>
/// <param name="Statements">Statements in order, complete.</param>
/// <param name="Hole">Index of the statement whose operator is asked for, or -1 when the output is.</param>
/// <param name="Operator">The operator at the hole, '\0' without one.</param>
public sealed record ProgramPlan(IReadOnlyList<string> Statements, int Hole, char Operator)
{
    /// <summary>Gets the complete program.</summary>
    public string Source => string.Join("; ", Statements);
}
