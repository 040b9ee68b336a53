using System.Collections.Immutable;
using System.Globalization;
using Agents.Learning;
using Agents.Models.Decoder;
using Agents.Training.Advantages;
using Agents.Training.Guards;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Preflight;
using Agents.Training.Progress;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Training.Scoring;

namespace Agents.Runtime.Learning;

/// <summary>Reinforcement learning with verifiable rewards: one stage whose steps sample, judge and update.</summary>
/// <param name="session">The run.</param>
/// <param name="pool">The questions.</param>
internal sealed class ReinforcementRun(RecipeSession session, QuestionPool pool)
{
    private const string Stage = "reinforcement";
    private const int PreflightPrompts = 8;
    private ReinforcementSettings _settings = session.Recipe.Reinforcement!;
    private readonly Pace _pace = new(session.Time);

    /// <summary>Gets the tokens per second of the updates, sampling included where steps sample.</summary>
    public double TokensPerSecond => _pace.PerSecond;

    /// <summary>Runs the loop.</summary>
    /// <param name="cancellationToken">Stops the run; a checkpoint is written first.</param>
    public async Task<ReinforcementResult> RunAsync(CancellationToken cancellationToken)
    {
        TrainingRecipe recipe = session.Recipe;
        ImmutableArray<RolloutPrompt> questions = session.Questions(pool, _settings.Questions, _settings.MaximumTokens);
        ShuffledPromptSampler prompts = new(questions, recipe.Seed);
        using DecoderModel? other = _settings is { KlCoefficient: > 0, KlReference: { } path } ? await ReferenceAsync(path, cancellationToken).ConfigureAwait(false) : null;
        FrozenScorer? reference = _settings.KlCoefficient > 0 ? new(other ?? session.Trainee.Frozen, store: null, _settings.Temperature) : null;
        ReinforcementStages stages = await LookedAtAsync(Stages(prompts, reference), cancellationToken).ConfigureAwait(false);
        StageInputs inputs = session.TrainingInputs(
            Stage,
            [("questions", prompts.Fingerprint), ("reference", reference?.GenerationId ?? "none")],
            Settings(stages));
        bool resume = session.Stages.Begin(inputs, session.Folder, [.. SupervisedRun.Files, "rollouts.journal"]);
        using ReinforcementTrainer trainer = new(
            session.Trainee.Model,
            session.Trainee.Sync,
            stages,
            new ReinforcementOptions
            {
                Steps = recipe.Steps,
                OutputFolder = session.Folder,
                Seed = recipe.Seed,
                GroupsPerStep = _settings.GroupsPerStep,
                UpdatesPerStep = _settings.UpdatesPerStep,
                RowsPerBatch = recipe.Packing.RowsPerBatch,
                Asynchrony = _settings.Mode,
                Staleness = _settings.Staleness,
                DynamicSampling = _settings.DynamicSampling,
                DeadStepLimit = _settings.DeadStepLimit,
                MismatchLimit = _settings.MismatchLimit,
                MismatchRatioLimit = _settings.MismatchRatio,
                Schedule = recipe.LearningRate,
                CheckpointEverySteps = recipe.CheckpointSteps,
                CheckpointInterval = session.CheckpointInterval,
                Resume = resume,
                Recipe = inputs.Hash,
            },
            session.Time);
        StepReports<ReinforcementProgress> progress = new(report =>
        {
            _pace.Add(report.Tokens);
            session.Progress?.Report(new RecipeProgress(Stage, report.Step, report.Steps) { Reinforcement = report });
        });
        ReinforcementResult result = await trainer.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        session.Stages.End(inputs, result.Checkpoint, result.Steps, result.ResumedFrom == result.PlannedSteps, session.Trainee.Start, result.Stop.ToString());
        return result;
    }

    /// <summary>Looks at a fresh run before its first step, or takes the answer limit of a resumed one from its report.</summary>
    private async Task<ReinforcementStages> LookedAtAsync(ReinforcementStages stages, CancellationToken cancellationToken)
    {
        if (!session.Preflight.IsDue)
        {
            return RolloutPreflight.Apply(stages, session.Preflight.Report, WithLimit);
        }

        int prompts = Math.Min(PreflightPrompts, _settings.GroupsPerStep);
        RolloutLimits limits = new()
        {
            Prompts = prompts,
            MaximumPrompts = PreflightPrompts * prompts,
            ContextLength = Math.Min(session.Trainee.Model.Shape.ContextLength, session.Recipe.Packing.RowsPerBatch),
        };
        using PolicyGeneration policy = await session.Trainee.Sync.PublishAsync(cancellationToken).ConfigureAwait(false);
        (PreflightReport report, ReinforcementStages looked) = await RolloutPreflight.RunAsync(
            stages, policy, limits, session.Preflight.MayChange ? WithLimit : null, cancellationToken).ConfigureAwait(false);
        session.Preflight.Add(report);
        return looked;
    }

    /// <summary>Makes the stages with another answer limit: the penalty for long answers and the constant length of the loss follow it.</summary>
    private ReinforcementStages WithLimit(ReinforcementStages stages, int tokens)
    {
        _settings = _settings with { MaximumTokens = tokens };
        return Stages(stages.Prompts, stages.Reference);
    }

    private async Task<DecoderModel> ReferenceAsync(string path, CancellationToken cancellationToken)
    {
        DecoderModel model = await DecoderModel.LoadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (model.Tokenizer.Fingerprint == session.Tokenizer.Fingerprint)
        {
            return model;
        }

        model.Dispose();
        throw new RecipeException($"The reference '{path}' has another tokenizer than the model under training; their log-probabilities cannot be compared. Correct 'reinforcement.kl.reference'.");
    }

    private ReinforcementStages Stages(IPromptSampler prompts, FrozenScorer? reference)
    {
        LossAggregator aggregator = new(
            _settings.Aggregation switch
            {
                "token-mean" => LossAggregation.TokenMean,
                "sequence-sum" => LossAggregation.SequenceMeanTokenSum,
                "constant-length" => LossAggregation.ConstantLength,
                _ => LossAggregation.SequenceMeanTokenMean,
            },
            _settings.MaximumTokens);
        var auxiliaries = ImmutableArray.CreateBuilder<ITokenLoss>();
        if (_settings.KlCoefficient > 0)
        {
            auxiliaries.Add(new KlPenalty(_settings.KlEstimator, _settings.KlCoefficient, aggregator));
        }

        if (_settings.Entropy != 0)
        {
            auxiliaries.Add(new EntropyBonus(_settings.Entropy, aggregator));
        }

        OverlongPenalty? penalty = _settings.OverlongBuffer > 0 && _settings.OverlongFactor > 0 ? new(_settings.MaximumTokens, _settings.OverlongBuffer, _settings.OverlongFactor) : null;
        return new ReinforcementStages
        {
            Prompts = prompts,
            Rollout = session.Rollout(_settings.GroupSize, _settings.MaximumTokens, _settings.Temperature, session.Recipe.Seed),
            Rewards = new WeightedRewardComposer(session.Tokenizer, ComponentVerifier.Rewards(_settings.Rewards), penalty),
            Advantages = Advantages(),
            Reshaper = _settings.MaskTruncated ? new TruncationMask() : new KeepAdvantages(),
            PolicyLoss = PolicyLoss(aggregator),
            Auxiliaries = auxiliaries.ToImmutable(),
            Reference = reference,
            Guards = StepGuards.Default(),
        };
    }

    private IAdvantageEstimator Advantages() => _settings.Advantages switch
    {
        "dr-grpo" => new GroupCenteredAdvantage(),
        "rloo" => new LeaveOneOutAdvantage(),
        "reinforce++" => new BatchNormalizedAdvantage(),
        "reinforce++-baseline" => new BatchNormalizedAdvantage(groupBaseline: true),
        "opo" => new LengthWeightedAdvantage(),
        _ => new GroupNormalizedAdvantage(),
    };

    private ITokenLoss PolicyLoss(LossAggregator aggregator)
    {
        PpoClipOptions clip = new() { ClipLow = _settings.ClipLow, ClipHigh = _settings.ClipHigh, DualClip = _settings.DualClip, Aggregator = aggregator };
        return _settings.Loss switch
        {
            ReinforceLoss.LossId => new ReinforceLoss(aggregator),
            SequenceClipLoss.GspoId => new SequenceClipLoss(SequenceRatio.Mean, clip),
            SequenceClipLoss.RlooId => new SequenceClipLoss(SequenceRatio.Sum, clip),
            CispoLoss.LossId => new CispoLoss(clip),
            _ => new PpoClipLoss(clip),
        };
    }

    private IEnumerable<(string, object)> Settings(ReinforcementStages stages) =>
    [
        ("advantages", _settings.Advantages),
        ("loss", string.Create(CultureInfo.InvariantCulture, $"{_settings.Loss} {_settings.Aggregation} {_settings.ClipLow} {_settings.ClipHigh} {_settings.DualClip}")),
        ("kl", string.Create(CultureInfo.InvariantCulture, $"{_settings.KlEstimator} {_settings.KlCoefficient}")),
        ("entropy", _settings.Entropy),
        ("rollout", stages.Rollout.Settings),
        ("rewards", stages.Rewards.Settings),
        ("groupsPerStep", _settings.GroupsPerStep),
        ("updatesPerStep", _settings.UpdatesPerStep),
        ("staleness", _settings.Staleness),
        ("dynamicSampling", _settings.DynamicSampling),
        ("maskTruncated", _settings.MaskTruncated),
    ];
}
