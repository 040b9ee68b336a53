namespace Agents.Evaluation.Harness;

/// <summary>What a journal belongs to: a run that differs in any of these must not continue it.</summary>
/// <param name="Schema">Version of the format.</param>
/// <param name="Task">Name of the task set.</param>
/// <param name="Strategy">Name of what is evaluated.</param>
/// <param name="Seed">Seed of all samples.</param>
/// <param name="Samples">Samples per question.</param>
/// <param name="Items">Hash of ids and questions in order.</param>
internal sealed record EvaluationJournalHeader(int Schema, string Task, string Strategy, ulong Seed, int Samples, ulong Items);
