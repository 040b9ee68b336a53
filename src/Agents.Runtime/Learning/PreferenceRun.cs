using System.Collections.Immutable;
using System.Globalization;
using Agents.Training.Data;
using Agents.Training.Loops;
using Agents.Training.Manifests;
using Agents.Training.Preflight;
using Agents.Training.Rollouts;
using Agents.Training.Scoring;
using Agents.Training.Progress;

namespace Agents.Runtime.Learning;

/// <summary>Preference training: sample and judge answers, build pairs, train on them; or train on the pairs of a file.</summary>
/// <param name="session">The run.</param>
/// <param name="pool">The questions; null when pairs come from a file.</param>
internal sealed class PreferenceRun(RecipeSession session, QuestionPool? pool)
{
    private readonly PreferenceSettings _settings = session.Recipe.Preference!;
    private readonly Pace _pace = new(session.Time);

    /// <summary>Gets the tokens per second of the updates, sampling included where steps sample.</summary>
    public double TokensPerSecond => _pace.PerSecond;

    /// <summary>Runs all stages.</summary>
    /// <param name="cancellationToken">Stops the run; what is done stays.</param>
    public async Task<PreferenceResult> RunAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<PreferenceExample> pairs = _settings.File is { } file
            ? PairFile.ReadTexts(file, session.Text, session.Tokenizer)
            : await SampleAsync(cancellationToken).ConfigureAwait(false);
        return await TrainAsync(pairs, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ImmutableArray<PreferenceExample>> SampleAsync(CancellationToken cancellationToken)
    {
        SamplingSettings sampling = _settings.Sampling!;
        ImmutableArray<RolloutPrompt> questions = session.Questions(pool!, sampling.Questions, sampling.MaximumTokens);
        SampleStage stage = new(session, "sample", session.Folder, sampling);
        using PolicyGeneration policy = session.Recipe.AdapterStart is null
            ? new(session.Trainee.Frozen, owned: null)
            : await session.Trainee.Sync.PublishAsync(cancellationToken).ConfigureAwait(false);
        string samples = await stage.RunAsync(policy, questions, session.Recipe.Seed, cancellationToken).ConfigureAwait(false);
        string file = Path.Combine(session.Folder, "pairs.jsonl");
        StageInputs inputs = new(
            "pairs",
            session.Recipe.Seed,
            StageInputs.Map(("samples", samples)),
            StageInputs.Map(("perQuestion", _settings.PairsPerQuestion), ("lowestPassRate", sampling.LowestPassRate), ("highestPassRate", sampling.HighestPassRate)));
        bool reused = session.Stages.IsFinished(inputs, file);
        if (!reused)
        {
            session.Stages.Begin(inputs, session.Folder, Path.GetFileName(file));
            PairFile.Write(file, stage.Read(policy, questions.Length), _settings, session.Tokenizer);
        }

        ImmutableArray<PreferenceExample> pairs = PairFile.ReadTokens(file);
        session.Stages.End(inputs, file, pairs.Length, reused, session.Trainee.Start);
        return pairs;
    }

    private async Task<PreferenceResult> TrainAsync(ImmutableArray<PreferenceExample> pairs, CancellationToken cancellationToken)
    {
        TrainingRecipe recipe = session.Recipe;
        bool single = _settings.Loss == "kto";
        InMemoryPreferenceSource source = new(single ? pairs.SelectMany(Judged) : pairs);
        RequireRows(pairs, single);
        if (session.Preflight.IsDue)
        {
            session.Preflight.Add(PreferencePreflight.Examine(source, recipe.Packing.RowsPerBatch, session.Trainee.Model.Shape.ContextLength));
        }

        StageInputs inputs = session.TrainingInputs(
            "preference",
            [("pairs", source.Fingerprint)],
            [
                ("loss", _settings.Loss),
                ("lossSettings", string.Create(CultureInfo.InvariantCulture, $"{_settings.Beta} {_settings.LabelSmoothing} {_settings.Margin} {_settings.OddsWeight} {_settings.Desirable} {_settings.Undesirable}")),
                ("pairsPerStep", _settings.PairsPerStep),
            ]);
        bool resume = session.Stages.Begin(inputs, session.Folder, SupervisedRun.Files);
        using LogProbabilityStore? store = _settings.NeedsReference ? new(Path.Combine(session.Folder, "reference.store")) : null;
        FrozenScorer? reference = _settings.NeedsReference ? new(session.Trainee.Frozen, store) : null;
        PreferenceTrainer trainer = new(
            session.Trainee.Model,
            _settings.CreateLoss(),
            source,
            new PreferenceTrainerOptions
            {
                Steps = recipe.Steps,
                OutputFolder = session.Folder,
                Seed = recipe.Seed,
                ExamplesPerStep = _settings.PairsPerStep * (single ? 2 : 1),
                RowsPerBatch = recipe.Packing.RowsPerBatch,
                Schedule = recipe.LearningRate,
                CheckpointEverySteps = recipe.CheckpointSteps,
                CheckpointInterval = session.CheckpointInterval,
                Resume = resume,
                Recipe = inputs.Hash,
            },
            reference,
            session.Time);
        StepReports<PreferenceProgress> progress = new(report =>
        {
            _pace.Add(report.Tokens);
            session.Progress?.Report(new RecipeProgress(inputs.Stage, report.Step, report.Steps) { Preference = report });
        });
        PreferenceResult result = await trainer.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        session.Stages.End(inputs, result.Checkpoint, result.Steps, result.ResumedFrom == result.Steps, session.Trainee.Start);
        return result;
    }

    private static IEnumerable<PreferenceExample> Judged(PreferenceExample pair) =>
        [PreferenceExample.Judged(pair.PromptTokenIds, pair.Completions[0], true), PreferenceExample.Judged(pair.PromptTokenIds, pair.Completions[1], false)];

    /// <summary>Names the longest pair before anything is trained, instead of at the step that meets it.</summary>
    private void RequireRows(ImmutableArray<PreferenceExample> pairs, bool single)
    {
        int rows = session.Recipe.Packing.RowsPerBatch;
        int needed = pairs.Max(pair => pair.Completions.Select(completion => pair.PromptTokenIds.Length + completion.Length).Aggregate(0, (sum, length) => single ? Math.Max(sum, length) : sum + length));
        int longest = pairs.Max(pair => pair.PromptTokenIds.Length + pair.Completions.Max(completion => completion.Length));
        if (needed > rows)
        {
            throw new RecipeException($"The longest pair has {needed} tokens with its prompts; a micro-batch of {rows} rows must hold both answers. Raise 'training.rowsPerBatch' to {needed} or more, or leave long pairs out.");
        }

        if (longest > session.Trainee.Model.Shape.ContextLength)
        {
            throw new RecipeException($"The longest prompt with its answer has {longest} tokens, which exceed the model's context of {session.Trainee.Model.Shape.ContextLength}. Leave long pairs out.");
        }
    }
}
