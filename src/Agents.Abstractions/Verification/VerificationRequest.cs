namespace Agents.Verification;

/// <summary>What is to be judged.</summary>
/// <param name="Question">The question.</param>
/// <param name="Response">The whole response, reasoning included.</param>
/// <param name="TaskId">Id of the task item, for verifiers that know the exact answer of generated items; empty in serving.</param>
public sealed record VerificationRequest(string Question, string Response, string TaskId = "")
{
    /// <summary>Gets the right answer, for verifiers that compare with one; null when none is known.</summary>
    public string? Reference { get; init; }

    /// <summary>Gets the members that are right where several answers are: each slot takes any of them, none twice. Empty where only the reference is right.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Gets the tests that a program must pass, written like <c>f(3)=6</c>: any program that passes all is right. Empty where the answer is compared.</summary>
    public IReadOnlyList<string> Tests { get; init; } = [];
}
