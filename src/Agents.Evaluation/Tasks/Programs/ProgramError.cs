namespace Agents.Evaluation.Tasks.Programs;

/// <summary>Ends a run of the mini language; the interpreter turns it into a value.</summary>
internal sealed class ProgramError(string message) : Exception(message);
