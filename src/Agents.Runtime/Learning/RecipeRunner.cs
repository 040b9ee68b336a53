using System.Collections.Immutable;
using Agents.Evaluation.Tasks;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;
using Agents.Prompts;
using Agents.Runtime.Features;
using Agents.Runtime.Learning.Roles;
using Agents.Training.Adapters;
using Agents.Training.Loops;

namespace Agents.Runtime.Learning;

/// <summary>Runs a training recipe from tokenizer to model file. Every stage is a function of the recipe, so a run can be killed and resumed at any moment.</summary>
/// <param name="kernels">Kernels to train with.</param>
/// <param name="prompts">Prompts that role data is rendered with.</param>
/// <param name="time">Clock.</param>
/// <param name="features">Where the strategy of a recipe that trains roles is found; null where there are no strategies.</param>
public sealed class RecipeRunner(IKernels<float> kernels, IPromptLibrary prompts, TimeProvider time, IFeatureSource? features = null)
{
    private static readonly string[] ControlTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    /// <summary>Runs a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="outputFolder">Folder of checkpoints, metrics, manifests and the finished model; created.</param>
    /// <param name="resume">Whether to continue the run in the folder.</param>
    /// <param name="progress">Told after every step; null for nobody.</param>
    /// <param name="cancellationToken">Stops after the current micro-batch; a checkpoint is written first.</param>
    /// <returns>What was made, also when a stop reason ended the run early.</returns>
    /// <exception cref="RecipeException">Data or starting model is missing or does not fit, or the folder has another run.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; resume to go on.</exception>
    public async Task<RecipeResult> RunAsync(
        TrainingRecipe recipe, string outputFolder, bool resume, IProgress<RecipeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentException.ThrowIfNullOrEmpty(outputFolder);

        // Data is resolved before anything is written.
        bool supervised = recipe.Loop == TrainingLoop.Supervised;
        ImmutableArray<MixtureSource.Part> parts = supervised ? MixtureSource.Resolve(recipe.Mixture) : [];
        QuestionPool? pool = supervised || recipe.Mixture.IsEmpty ? null : await QuestionPool.ResolveAsync(recipe.Mixture, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(outputFolder);
        StageLedger stages = new(outputFolder, resume);
        if (recipe.Loop == TrainingLoop.Roles)
        {
            RolesRun roles = new(recipe, Path.GetFullPath(outputFolder), kernels, prompts, features ?? new FeatureTable(), time, progress);
            return await roles.RunAsync(pool!, stages, cancellationToken).ConfigureAwait(false) with { Stages = stages.Reports, Notes = stages.Notes };
        }

        RunPreflight preflight = new(Path.GetFullPath(outputFolder), recipe.Preflight, resume, progress);
        (DecoderWeights<float> weights, TokenizerDefinition tokenizer) = await StartAsync(recipe, parts, cancellationToken).ConfigureAwait(false);
        recipe = Fitted(recipe, pool, weights, tokenizer, preflight);
        using Trainee trainee = recipe.Adapter is { } adapter
            ? new AdapterTrainee(weights, tokenizer, kernels, adapter, recipe.AdapterStart, serves: !supervised)
            : new WholeTrainee(weights, tokenizer, kernels, recipe.Trainer);
        RecipeSession session = new()
        {
            Recipe = recipe,
            Folder = Path.GetFullPath(outputFolder),
            Trainee = trainee,
            Tokenizer = Tokenizers.Create(tokenizer),
            Text = new TrainingText(prompts, recipe.Name, Template(tokenizer)),
            Stages = stages,
            Preflight = preflight,
            Time = time,
            Progress = progress,
        };
        RecipeResult result = recipe.Loop switch
        {
            TrainingLoop.Preference => await PreferAsync(new PreferenceRun(session, pool), recipe.Steps, cancellationToken).ConfigureAwait(false),
            TrainingLoop.Reinforcement => await ReinforceAsync(new ReinforcementRun(session, pool!), cancellationToken).ConfigureAwait(false),
            TrainingLoop.Rejection => Summary.Of(await new RejectionRun(session, pool!).RunAsync(cancellationToken).ConfigureAwait(false), recipe.Steps * recipe.Rejection!.Rounds),
            _ => Summary.Of(await SuperviseAsync(session, parts, cancellationToken).ConfigureAwait(false), recipe.Steps),
        };
        return result with { ModelPath = trainee.Save(recipe, session.Folder), Preflight = preflight.Report, Stages = stages.Reports, Notes = [.. stages.Notes, .. result.Training.DamagedCheckpoints] };
    }

    /// <summary>Trains the tokenizer of a recipe on the texts of its mixture.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="parts">Its resolved mixture.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    public TokenizerDefinition TrainTokenizer(TrainingRecipe recipe, ImmutableArray<MixtureSource.Part> parts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var text = new TrainingText(prompts, recipe.Name, ChatTemplates.ChatMl);
        IEnumerable<string> corpus = Enumerable.Range(0, recipe.Tokenizer.Examples)
            .SelectMany(i => MixtureSource.Conversation(parts, text, TaskSplit.Train, recipe.Seed, i))
            .SelectMany(turn => new[] { turn.Role + "\n", turn.Content });
        string[] special = [.. ControlTokens, .. Enumerable.Range(0, recipe.Tokenizer.ReservedTokens).Select(i => $"<|reserved_{i}|>")];
        TokenizerDefinition trained = BytePairTrainer.Train(
            corpus,
            new BytePairTrainerOptions
            {
                VocabularySize = recipe.Tokenizer.VocabularySize,
                Splitter = PreSplitter.ForName(recipe.Tokenizer.PreTokenizer),
                SpecialTokens = special,
            },
            cancellationToken);
        int first = recipe.Tokenizer.VocabularySize - special.Length;
        return trained with
        {
            Pre = recipe.Tokenizer.PreTokenizer,
            EosId = first + 2,
            EotId = first + 2,
            PaddingId = first,
            AddBos = false,
            ChatTemplate = ChatMlTemplate.Jinja,
        };
    }

    /// <summary>Makes the run fit into memory; where it cannot, nothing was allocated but the weights.</summary>
    private TrainingRecipe Fitted(TrainingRecipe recipe, QuestionPool? pool, DecoderWeights<float> weights, TokenizerDefinition tokenizer, RunPreflight preflight)
    {
        try
        {
            return preflight.Fit(recipe, weights.Shape, AdapterMemory.BytesOf(weights), LeastRows(recipe, pool, tokenizer));
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Returns the rows that the longest sequence of a recipe needs; all of them where that is not known before the data is read.</summary>
    private int LeastRows(TrainingRecipe recipe, QuestionPool? pool, TokenizerDefinition tokenizer)
    {
        if (recipe.Loop == TrainingLoop.Reinforcement)
        {
            ReinforcementSettings settings = recipe.Reinforcement!;
            TrainingText text = new(prompts, recipe.Name, Template(tokenizer));
            return pool!.Draw(settings.Questions, recipe.Seed, text, Tokenizers.Create(tokenizer)).Max(question => question.TokenIds.Length) + settings.MaximumTokens;
        }

        return recipe.Loop == TrainingLoop.Preference ? recipe.Packing.RowsPerBatch : recipe.Packing.MaximumSequence;
    }

    private static ChatTemplate Template(TokenizerDefinition tokenizer) =>
        tokenizer.ChatTemplate is null ? ChatTemplates.ChatMl : ChatTemplates.Detect(tokenizer.ChatTemplate);

    private static async Task<RecipeResult> PreferAsync(PreferenceRun run, long planned, CancellationToken cancellationToken) =>
        Summary.Of(await run.RunAsync(cancellationToken).ConfigureAwait(false), planned, run.TokensPerSecond);

    private static async Task<RecipeResult> ReinforceAsync(ReinforcementRun run, CancellationToken cancellationToken) =>
        Summary.Of(await run.RunAsync(cancellationToken).ConfigureAwait(false), run.TokensPerSecond);

    private static Task<TrainingResult> SuperviseAsync(RecipeSession session, ImmutableArray<MixtureSource.Part> parts, CancellationToken cancellationToken)
    {
        TrainingRecipe recipe = session.Recipe;
        return SupervisedRun.RunAsync(
            session,
            "supervised",
            session.Folder,
            MixtureSource.Create(parts, session.Text, session.Tokenizer, TaskSplit.Train, recipe.Seed, recipe.PromptWeight),
            MixtureSource.Create(parts, session.Text, session.Tokenizer, TaskSplit.Validation, recipe.Seed, promptWeight: 0),
            cancellationToken);
    }

    private async Task<(DecoderWeights<float> Weights, TokenizerDefinition Tokenizer)> StartAsync(
        TrainingRecipe recipe, ImmutableArray<MixtureSource.Part> parts, CancellationToken cancellationToken)
    {
        if (recipe.StartFrom is { } path)
        {
            CheckpointLoadOptions? options = recipe.Adapter is null ? null : new() { Storage = WeightStorage.AsStored, Kernels = kernels };
            DecoderCheckpoint start = await DecoderCheckpoint.LoadAsync(path, options, cancellationToken).ConfigureAwait(false);
            if (recipe.Loop is TrainingLoop.Preference or TrainingLoop.Reinforcement || recipe.Packing.MaximumSequence <= start.Weights.Shape.ContextLength)
            {
                return (start.Weights, start.Tokenizer);
            }

            start.Weights.Dispose();
            throw new RecipeException($"Sequences of {recipe.Packing.MaximumSequence} tokens do not fit the context of '{path}', {start.Weights.Shape.ContextLength}. Lower 'training.maximumSequence'.");
        }

        TokenizerDefinition tokenizer = TrainTokenizer(recipe, parts, cancellationToken);
        var weights = new DecoderWeights<float>(recipe.Shape!);
        WeightInitializer.Fill(weights, new SampleStream(recipe.Seed));
        return (weights, tokenizer);
    }
}
