using Agents.Evaluation.Verification;
using Agents.Training.Rollouts;
using Agents.Verification;

namespace Agents.Runtime.Learning.Roles;

/// <summary>Judges the texts of one training question by its right answer.</summary>
/// <param name="question">The question.</param>
internal sealed class ReferenceJudge(RolloutPrompt question) : IVerifier
{
    private static readonly ReferenceVerifier Verifier = new();

    /// <inheritdoc/>
    public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) =>
        Verifier.JudgeAsync(request with { Reference = question.Reference, Members = question.Members }, cancellationToken);
}
