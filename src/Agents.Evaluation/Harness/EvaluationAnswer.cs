using Agents.Budgets;

namespace Agents.Evaluation.Harness;

/// <summary>An answer and what it took.</summary>
/// <param name="Response">Complete text of the response.</param>
/// <param name="Usage">Tokens and calls; its elapsed time is not read, the harness measures.</param>
public sealed record EvaluationAnswer(string Response, BudgetUsage Usage);
