using Agents.Evaluation.Verification;
using Agents.Training.Rewards;
using Agents.Verification;

namespace Agents.Runtime.Learning;

/// <summary>One component of the reference verifier as a verifier of its own, so that a reward can weigh it.</summary>
/// <param name="component">Component of <see cref="ReferenceVerifier"/>.</param>
internal sealed class ComponentVerifier(string component) : IVerifier
{
    private readonly ReferenceVerifier _verifier = new();

    /// <summary>Creates the reward components of a recipe.</summary>
    /// <param name="rewards">Names and weights.</param>
    public static IEnumerable<RewardComponent> Rewards(IEnumerable<RewardSetting> rewards) => rewards.Select(reward => new RewardComponent(
        reward.Name,
        new ComponentVerifier(reward.Name switch
        {
            "partial" => "slots",
            "format" => "format",
            _ => "answer",
        }),
        reward.Weight));

    /// <inheritdoc/>
    public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Verdict verdict = _verifier.Judge(request);
        return ValueTask.FromResult(verdict.Components.TryGetValue(component, out double score) ? new Verdict(score == 1, score) : verdict);
    }
}
