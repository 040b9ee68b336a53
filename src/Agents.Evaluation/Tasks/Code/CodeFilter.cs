namespace Agents.Evaluation.Tasks.Code;

/// <summary>A condition on elements.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Constant">Its constant; 0 where it has none.</param>
public sealed record CodeFilter(CodeFilterKind Kind, int Constant);
