namespace Agents.Verification;

/// <summary>What is to be judged.</summary>
/// <param name="Question">The question.</param>
/// <param name="Response">The whole response, reasoning included.</param>
/// <param name="TaskId">Id of the task item, for verifiers that know the exact answer of generated items; empty in serving.</param>
public sealed record VerificationRequest(string Question, string Response, string TaskId = "");
