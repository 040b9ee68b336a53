namespace Agents.Verification;

/// <summary>Judges a response. Safe for concurrent calls; never changes what it judges.</summary>
public interface IVerifier
{
    /// <summary>Judges one response.</summary>
    /// <param name="request">What was asked and what came back.</param>
    /// <param name="cancellationToken">Passed to model calls of the verifier, if it makes any.</param>
    ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default);
}
