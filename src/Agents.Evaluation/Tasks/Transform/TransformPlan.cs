namespace Agents.Evaluation.Tasks.Transform;

/// <summary>A composition of functions and its input.</summary>
/// <param name="Functions">Functions in the order of application.</param>
/// <param name="Input">Letters of the input, without blanks.</param>
/// <param name="Nested">Whether the question nests calls or lists the functions.</param>
public sealed record TransformPlan(IReadOnlyList<TransformFunction> Functions, string Input, bool Nested);
