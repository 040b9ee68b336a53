using System.Collections.Immutable;
using Agents.Evaluation.Tasks;
using Agents.Models.Adapters;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Prompts;
using Agents.Training.Adapters;
using Agents.Training.Backward;
using Agents.Training.Checkpoints;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;

namespace Agents.Runtime.Learning;

/// <summary>Runs a training recipe from tokenizer to model file. Everything between the checkpoints is a function of the recipe, so a run can be killed and resumed at any moment.</summary>
/// <param name="kernels">Kernels to train with.</param>
/// <param name="prompts">Prompts that role data is rendered with.</param>
/// <param name="time">Clock.</param>
public sealed class RecipeRunner(IKernels<float> kernels, IPromptLibrary prompts, TimeProvider time)
{
    private static readonly string[] ControlTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    /// <summary>Runs a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="outputFolder">Folder of checkpoints, metrics and the finished model; created.</param>
    /// <param name="resume">Whether to continue the run in the folder.</param>
    /// <param name="progress">Told after every step; null for nobody.</param>
    /// <param name="cancellationToken">Stops after the current micro-batch; a checkpoint is written first.</param>
    /// <exception cref="RecipeException">Data or starting model is missing or does not fit.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; resume to go on.</exception>
    public async Task<RecipeResult> RunAsync(
        TrainingRecipe recipe, string outputFolder, bool resume, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentException.ThrowIfNullOrEmpty(outputFolder);
        ImmutableArray<MixtureSource.Part> parts = MixtureSource.Resolve(recipe.Mixture);
        Directory.CreateDirectory(outputFolder);
        (DecoderWeights<float> weights, TokenizerDefinition tokenizer) = await StartAsync(recipe, parts, cancellationToken).ConfigureAwait(false);

        if (recipe.Adapter is { } adapter)
        {
            // The base stays as it is stored and is only read.
            using (weights)
            {
                using var adapted = new AdapterTrainer<float>(weights, kernels, adapter);
                TrainingResult done = await TrainAsync(recipe, adapted, parts, tokenizer, outputFolder, resume, progress, cancellationToken).ConfigureAwait(false);
                return new RecipeResult(done, Save(recipe, adapted, weights, tokenizer, outputFolder));
            }
        }

        // The trainer disposes the weights with itself.
        using var trainer = new DecoderTrainer<float>(weights, kernels, recipe.Trainer);
        TrainingResult result = await TrainAsync(recipe, trainer, parts, tokenizer, outputFolder, resume, progress, cancellationToken).ConfigureAwait(false);
        string model = Path.Combine(outputFolder, recipe.Name + ".gguf");
        GgufCheckpoint.Save(model, trainer.Weights, tokenizer, new GgufSaveOptions { Name = recipe.Name, Type = Type(recipe.OutputType) });
        return new RecipeResult(result, model);
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

    private static ChatTemplate Template(TokenizerDefinition tokenizer) =>
        tokenizer.ChatTemplate is null ? ChatTemplates.ChatMl : ChatTemplates.Detect(tokenizer.ChatTemplate);

    /// <summary>Writes what an adapter run made: LoRA as GGUF and PEFT folder; DoRA, which is no low-rank change, as a merged model.</summary>
    private static string Save(TrainingRecipe recipe, AdapterTrainer<float> trainer, DecoderWeights<float> weights, TokenizerDefinition tokenizer, string outputFolder)
    {
        string path = Path.Combine(outputFolder, recipe.Name + ".gguf");
        if (trainer.Layout.Kind == AdapterKind.Dora)
        {
            using DecoderWeights<float> merged = weights.ToSingle();
            trainer.MergeInto(merged);
            GgufCheckpoint.Save(path, merged, tokenizer, new GgufSaveOptions { Name = recipe.Name, Type = Type(recipe.OutputType) });
            return path;
        }

        using LoraAdapter adapter = trainer.ToAdapter(recipe.Name);
        PeftAdapter.Save(Path.Combine(outputFolder, recipe.Name + "-peft"), adapter, recipe.StartFrom);
        GgufAdapter.Save(path, adapter, trainer.Shape);
        return path;
    }

    private static ElementType Type(string name) => name switch
    {
        "f32" => ElementType.F32,
        "f16" => ElementType.F16,
        "bf16" => ElementType.BF16,
        _ => ElementType.Q8_0,
    };

    private async Task<TrainingResult> TrainAsync(
        TrainingRecipe recipe,
        ICheckpointedModel model,
        ImmutableArray<MixtureSource.Part> parts,
        TokenizerDefinition tokenizer,
        string outputFolder,
        bool resume,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        VocabularyTokenizer encoder = Tokenizers.Create(tokenizer);
        var text = new TrainingText(prompts, recipe.Name, Template(tokenizer));
        var options = new SupervisedTrainerOptions
        {
            Steps = recipe.Steps,
            OutputFolder = outputFolder,
            Seed = recipe.Seed,
            Packing = recipe.Packing,
            Schedule = recipe.LearningRate,
            ValidationEverySteps = recipe.ValidationSteps,
            ValidationExamples = recipe.ValidationExamples,
            CheckpointEverySteps = recipe.CheckpointSteps,
            CheckpointInterval = recipe.CheckpointInterval ?? TimeSpan.FromMinutes(2),
            Resume = resume,
            Recipe = recipe.Hash,
        };
        var run = new SupervisedTrainer(
            model,
            new CrossEntropyLoss(),
            MixtureSource.Create(parts, text, encoder, TaskSplit.Train, recipe.Seed, recipe.PromptWeight),
            options,
            MixtureSource.Create(parts, text, encoder, TaskSplit.Validation, recipe.Seed, promptWeight: 0),
            time);
        return await run.RunAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(DecoderWeights<float> Weights, TokenizerDefinition Tokenizer)> StartAsync(
        TrainingRecipe recipe, ImmutableArray<MixtureSource.Part> parts, CancellationToken cancellationToken)
    {
        if (recipe.StartFrom is { } path)
        {
            CheckpointLoadOptions? options = recipe.Adapter is null ? null : new() { Storage = WeightStorage.AsStored, Kernels = kernels };
            DecoderCheckpoint start = await DecoderCheckpoint.LoadAsync(path, options, cancellationToken).ConfigureAwait(false);
            return recipe.Packing.MaximumSequence <= start.Weights.Shape.ContextLength
                ? (start.Weights, start.Tokenizer)
                : throw new RecipeException($"Sequences of {recipe.Packing.MaximumSequence} tokens do not fit the context of '{path}', {start.Weights.Shape.ContextLength}.");
        }

        TokenizerDefinition tokenizer = TrainTokenizer(recipe, parts, cancellationToken);
        var weights = new DecoderWeights<float>(recipe.Shape!);
        WeightInitializer.Fill(weights, new SampleStream(recipe.Seed));
        return (weights, tokenizer);
    }
}
