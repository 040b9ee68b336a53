namespace Agents.Evaluation.Tasks.Code;

/// <summary>A calculation on one value.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Constant">Its constant; 0 where it has none.</param>
public sealed record CodeTerm(CodeTermKind Kind, int Constant)
{
    /// <summary>Gets the calculation that leaves values as they are.</summary>
    public static CodeTerm None { get; } = new(CodeTermKind.None, 0);
}
