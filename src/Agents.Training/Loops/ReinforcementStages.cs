using System.Collections.Immutable;
using System.Globalization;
using Agents.Learning;
using Agents.Training.Advantages;
using Agents.Training.Guards;
using Agents.Training.Loss;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Training.Scoring;

namespace Agents.Training.Loops;

/// <summary>The stages of a reinforcement step (papers/00-grpo-baseline §1). An algorithm is a choice of stages; the defaults are GRPO.</summary>
public sealed record ReinforcementStages
{
    /// <summary>Gets which prompts come next.</summary>
    public required IPromptSampler Prompts { get; init; }

    /// <summary>Gets how completions are sampled.</summary>
    public required IRollout Rollout { get; init; }

    /// <summary>Gets what becomes of a completion. Default: every sampled token is learned.</summary>
    public ITrajectoryBuilder Trajectories { get; init; } = new CompletionTrajectory();

    /// <summary>Gets how completions are scored.</summary>
    public required IRewardComposer Rewards { get; init; }

    /// <summary>Gets how rewards become advantages. Default group mean and deviation.</summary>
    public IAdvantageEstimator Advantages { get; init; } = new GroupNormalizedAdvantage();

    /// <summary>Gets what changes advantages and masks afterwards. Default nothing.</summary>
    public IAdvantageReshaper Reshaper { get; init; } = new KeepAdvantages();

    /// <summary>Gets the policy loss with its aggregation. Default PPO-clip, mean over sequences of token means.</summary>
    public ITokenLoss PolicyLoss { get; init; } = new PpoClipLoss();

    /// <summary>Gets terms added to the policy loss (KL, entropy), with their coefficients inside. Default none.</summary>
    public ImmutableArray<ITokenLoss> Auxiliaries { get; init; } = [];

    /// <summary>Gets the frozen reference, needed by terms that read reference log-probabilities. Default null.</summary>
    public FrozenScorer? Reference { get; init; }

    /// <summary>Gets the correction of samples from older weights. Default null: none without staleness, a cap of 2 with it.</summary>
    public TruncatedImportance? Importance { get; init; }

    /// <summary>Gets the pass rates that the run updates.</summary>
    public PassRateTracker PassRates { get; init; } = new();

    /// <summary>Gets what watches every step and may end the run. Default none; their state is part of the checkpoint, their limits are not part of the run's identity.</summary>
    public ImmutableArray<IStepGuard> Guards { get; init; } = [];

    /// <summary>Returns the lines that must agree for a resume to mean the same run.</summary>
    internal IReadOnlyList<string> Identity() =>
    [
        $"prompts = {Prompts.Fingerprint}",
        $"rollout = {Rollout.Settings}",
        $"trajectories = {Trajectories.Settings}",
        $"rewards = {Rewards.Settings}",
        $"advantages = {Advantages.Settings}",
        $"reshaper = {Reshaper.Settings}",
        $"loss = {PolicyLoss.Settings}",
        $"auxiliaries = {(Auxiliaries.IsEmpty ? "none" : string.Join(" + ", Auxiliaries.Select(loss => loss.Settings)))}",
        $"reference = {Reference?.GenerationId ?? "none"}",
        string.Create(CultureInfo.InvariantCulture, $"importance = {Importance?.Cap.ToString("R", CultureInfo.InvariantCulture) ?? "default"}"),
        $"pass rates = {PassRates.Settings}",
    ];
}
