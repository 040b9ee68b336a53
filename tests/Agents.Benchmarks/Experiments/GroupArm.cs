using Agents.Learning;
using Agents.Evaluation.Verification;
using Agents.Training.Advantages;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Training.Scoring;

namespace Agents.Benchmarks.Experiments;

/// <summary>GRPO and Dr. GRPO with a verifiable reward.</summary>
internal static class GroupArm
{
    /// <summary>Trains.</summary>
    /// <param name="context">The run.</param>
    /// <exception cref="InvalidOperationException">The run ended before its last step.</exception>
    public static async Task TrainAsync(ArmContext context)
    {
        ArmSettings settings = context.Settings;
        TimedStages timed = new(
            new GroupRollout(new GroupRolloutOptions { GroupSize = settings.GroupSize, MaximumTokens = context.Limit, Seed = context.Seed }),
            new WeightedRewardComposer(context.Experiment.Tokenizer, [settings.Partial ? new RewardComponent("slots", new ReferenceVerifier()) : new RewardComponent("exact", new ExactVerifier())]),
            context.Clock);
        LossAggregator tokens = new(LossAggregation.TokenMean);
        ReinforcementStages stages = new()
        {
            Prompts = new ShuffledPromptSampler(context.Items.Select(context.Experiment.Rollout), context.Seed),
            Rollout = timed,
            Rewards = timed,
            Advantages = settings.Normalized ? new GroupNormalizedAdvantage() : new GroupCenteredAdvantage(),
            Reshaper = new SignalOnly(),
            PolicyLoss = new PpoClipLoss(new PpoClipOptions { ClipHigh = 0.28, Aggregator = tokens }),
            Auxiliaries = settings.Penalty > 0 ? [new KlPenalty(KlEstimator.K3, settings.Penalty, tokens)] : [],
            Reference = settings.Penalty > 0 ? new FrozenScorer(context.Experiment.Serving) : null,
        };
        using ReinforcementTrainer trainer = new(context.Trainer, context.Trainer, stages, new ReinforcementOptions
        {
            Steps = settings.Steps,
            OutputFolder = context.Folder,
            Seed = context.Seed,
            GroupsPerStep = settings.Groups,
            UpdatesPerStep = settings.Updates,
            Schedule = context.Schedule(),
            CheckpointInterval = TimeSpan.FromHours(1),
        });
        ReinforcementResult result = await trainer.RunAsync(new Observer<ReinforcementProgress>(report => context.Watch(FormattableString.Invariant(
            $"reward {report.RewardMean:F3}  dead {report.DeadGroups}/{report.Groups}  length {report.LengthMean:F0}  cut {report.Truncated}  norm {report.GradientNorm:F2}  entropy {report.Entropy:F3}  mismatch {report.Mismatch.MaximumRatio:F4}")))).ConfigureAwait(false);
        context.SampledTokens += timed.SampledTokens;
        if (result.Stop != ReinforcementStop.Completed)
        {
            throw new InvalidOperationException(result.Explanation);
        }
    }
}
