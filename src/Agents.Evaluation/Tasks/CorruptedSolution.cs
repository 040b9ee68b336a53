namespace Agents.Evaluation.Tasks;

/// <summary>A wrong solution with its label.</summary>
/// <param name="Solution">The wrong solution; at least one slot differs from the right one.</param>
/// <param name="Kind">What was done to it.</param>
/// <param name="Step">Index of the first step or slot that is wrong, from 0.</param>
public sealed record CorruptedSolution(TaskSolution Solution, CorruptionKind Kind, int Step);
