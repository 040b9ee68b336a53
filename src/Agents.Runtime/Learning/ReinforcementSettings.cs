using System.Collections.Immutable;
using Agents.Training.Loops;
using Agents.Training.Loss;

namespace Agents.Runtime.Learning;

/// <summary>The part <c>reinforcement</c> of a recipe: the stages of a step (papers/00-grpo-baseline §1). An algorithm is nothing but a bundle of these choices.</summary>
public sealed record ReinforcementSettings
{
    /// <summary>Gets the bundle that the other choices started from.</summary>
    public required string Algorithm { get; init; }

    /// <summary>Gets the advantage estimator: <c>grpo</c>, <c>dr-grpo</c>, <c>rloo</c>, <c>reinforce++</c>, <c>reinforce++-baseline</c> or <c>opo</c>.</summary>
    public required string Advantages { get; init; }

    /// <summary>Gets the policy loss: <c>ppo-clip</c>, <c>reinforce</c>, <c>gspo</c>, <c>rloo-clip</c> or <c>cispo</c>.</summary>
    public required string Loss { get; init; }

    /// <summary>Gets how tokens are averaged: <c>token-mean</c>, <c>sequence-mean</c>, <c>sequence-sum</c> or <c>constant-length</c>.</summary>
    public required string Aggregation { get; init; }

    /// <summary>Gets how far a ratio may fall below 1.</summary>
    public double ClipLow { get; init; } = 0.2;

    /// <summary>Gets how far a ratio may rise above 1.</summary>
    public double ClipHigh { get; init; } = 0.2;

    /// <summary>Gets the bound of the second clip of PPO-clip; null leaves it out.</summary>
    public double? DualClip { get; init; } = 3;

    /// <summary>Gets the estimator of the divergence from the reference.</summary>
    public KlEstimator KlEstimator { get; init; } = KlEstimator.K3;

    /// <summary>Gets its coefficient; 0 leaves reference and term out.</summary>
    public double KlCoefficient { get; init; }

    /// <summary>Gets the reference: a model file, or null for the model that the run starts from.</summary>
    public string? KlReference { get; init; }

    /// <summary>Gets the coefficient of the entropy bonus; 0 leaves it out.</summary>
    public double Entropy { get; init; }

    /// <summary>Gets the questions of the pool.</summary>
    public int Questions { get; init; } = 1_000;

    /// <summary>Gets the answers per question.</summary>
    public int GroupSize { get; init; } = 8;

    /// <summary>Gets the questions of one step.</summary>
    public int GroupsPerStep { get; init; } = 8;

    /// <summary>Gets the sampling temperature.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the longest answer in tokens.</summary>
    public int MaximumTokens { get; init; } = 128;

    /// <summary>Gets the updates made from the samples of a step.</summary>
    public int UpdatesPerStep { get; init; } = 1;

    /// <summary>Gets how sampling and training overlap; may change when a run is resumed.</summary>
    public Asynchrony Mode { get; init; }

    /// <summary>Gets how many updates samples may lag behind.</summary>
    public int Staleness { get; init; }

    /// <summary>Gets whether groups with equal rewards are replaced by further questions.</summary>
    public bool DynamicSampling { get; init; }

    /// <summary>Gets whether answers that the limit cut are left out of the loss.</summary>
    public bool MaskTruncated { get; init; }

    /// <summary>Gets the tokens before the limit in which the length penalty grows; 0 for no penalty.</summary>
    public int OverlongBuffer { get; init; }

    /// <summary>Gets the penalty at the limit.</summary>
    public double OverlongFactor { get; init; } = 1;

    /// <summary>Gets the components of the reward.</summary>
    public ImmutableArray<RewardSetting> Rewards { get; init; } = [new RewardSetting("correct", 1)];

    /// <summary>Gets after how many steps in a row without any signal the run stops.</summary>
    public int DeadStepLimit { get; init; } = 10;

    /// <summary>Gets the largest mean divergence per token between sampler and trainer.</summary>
    public double MismatchLimit { get; init; } = 0.01;

    /// <summary>Gets the largest probability ratio of one token between sampler and trainer.</summary>
    public double MismatchRatio { get; init; } = 2;
}
