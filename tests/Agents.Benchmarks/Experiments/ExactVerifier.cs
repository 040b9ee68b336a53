using Agents.Evaluation.Verification;
using Agents.Verification;

namespace Agents.Benchmarks.Experiments;

/// <summary>Accepts or refuses, without credit for parts of an answer.</summary>
internal sealed class ExactVerifier : IVerifier
{
    private readonly ReferenceVerifier _inner = new();

    /// <inheritdoc/>
    public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_inner.Judge(request).Correct is { } correct ? Verdict.Of(correct) : Verdict.NotJudgeable);
    }
}
