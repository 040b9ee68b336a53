namespace Agents.Evaluation.Harness;

/// <summary>A finished run.</summary>
/// <param name="Summary">The run in numbers.</param>
/// <param name="Rows">Every judged answer, by question and sample.</param>
/// <param name="Resumed">How many rows came from the journal.</param>
public sealed record EvaluationRun(EvaluationSummary Summary, IReadOnlyList<EvaluationRow> Rows, int Resumed);
