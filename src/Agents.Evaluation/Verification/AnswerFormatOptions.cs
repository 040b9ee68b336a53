namespace Agents.Evaluation.Verification;

/// <summary>Which marks of a final answer are recognised, and how answers are compared.</summary>
public sealed record AnswerFormatOptions
{
    /// <summary>Gets whether <c>#### x</c> marks an answer.</summary>
    /// <value>Default true.</value>
    public bool HashMark { get; init; } = true;

    /// <summary>Gets whether <c>\boxed{x}</c> marks an answer.</summary>
    /// <value>Default true.</value>
    public bool Boxed { get; init; } = true;

    /// <summary>Gets whether the last number of the text counts when no mark is found. Such answers are flagged by their source.</summary>
    /// <value>Default false: a policy that ignores the format is not rewarded for digits.</value>
    public bool LastNumber { get; init; }

    /// <summary>Gets whether letter case is ignored.</summary>
    /// <value>Default true.</value>
    public bool IgnoreCase { get; init; } = true;
}
