using System.Collections.Immutable;
using System.Globalization;
using Agents.Models.Tokenization;
using Agents.Training.Rollouts;

namespace Agents.Runtime.Learning;

/// <summary>What all loops of a recipe share: the model under training, its tokenizer and text, the folder with its stages.</summary>
internal sealed record RecipeSession
{
    /// <summary>Gets the recipe.</summary>
    public required TrainingRecipe Recipe { get; init; }

    /// <summary>Gets the folder of the run.</summary>
    public required string Folder { get; init; }

    /// <summary>Gets what is trained.</summary>
    public required Trainee Trainee { get; init; }

    /// <summary>Gets the tokenizer.</summary>
    public required VocabularyTokenizer Tokenizer { get; init; }

    /// <summary>Gets what renders conversations.</summary>
    public required TrainingText Text { get; init; }

    /// <summary>Gets the stages.</summary>
    public required StageLedger Stages { get; init; }

    /// <summary>Gets the look at the run before its first step.</summary>
    public required RunPreflight Preflight { get; init; }

    /// <summary>Gets the clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gets who is told how far the run is; null for nobody.</summary>
    public IProgress<RecipeProgress>? Progress { get; init; }

    /// <summary>Gets the longest time between checkpoints.</summary>
    public TimeSpan CheckpointInterval => Recipe.CheckpointInterval ?? TimeSpan.FromMinutes(2);

    /// <summary>Returns the inputs of a stage that trains: its data, the start model, and every setting of the training.</summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="data">Fingerprints of the data.</param>
    /// <param name="settings">Settings of the loop.</param>
    public StageInputs TrainingInputs(string stage, IEnumerable<(string Name, object Value)> data, IEnumerable<(string Name, object Value)> settings)
    {
        Training.Optimization.AdamWOptions adam = Recipe.Adapter?.Optimizer ?? Recipe.Trainer.Optimizer;
        (string, object)[] common =
        [
            ("steps", Recipe.Steps),
            ("packing", string.Create(CultureInfo.InvariantCulture, $"{Recipe.Packing.TokensPerStep} {Recipe.Packing.RowsPerBatch} {Recipe.Packing.MaximumSequence} {Recipe.Packing.Overlong}")),
            ("learningRate", string.Create(CultureInfo.InvariantCulture, $"{Recipe.LearningRate.Shape} {Recipe.LearningRate.Peak} {Recipe.LearningRate.WarmUpShare} {Recipe.LearningRate.FinalShare}")),
            ("optimizer", string.Create(CultureInfo.InvariantCulture, $"{adam.Beta1} {adam.Beta2} {adam.Epsilon} {adam.WeightDecay} {adam.MaximumGradientNorm}")),
            ("adapter", Recipe.Adapter is { Adapter: var a } ? string.Create(CultureInfo.InvariantCulture, $"{a.Kind} {a.Rank} {a.Alpha} {a.RankStabilized} {a.ExactNormGradient} {a.Seed} {string.Join('+', a.TargetModules)}") : "none"),
        ];
        return new StageInputs(stage, Recipe.Seed, StageInputs.Map([("model", Trainee.Start), .. data]), StageInputs.Map([.. common, .. settings]));
    }

    /// <summary>Draws the questions of a sampling loop and checks that prompts and answers fit.</summary>
    /// <param name="pool">The resolved mixture.</param>
    /// <param name="count">How many are drawn.</param>
    /// <param name="maximumTokens">Longest answer.</param>
    /// <exception cref="RecipeException">A prompt with the longest answer exceeds the context or a micro-batch.</exception>
    public ImmutableArray<RolloutPrompt> Questions(QuestionPool pool, int count, int maximumTokens)
    {
        ImmutableArray<RolloutPrompt> questions = pool.Draw(count, Recipe.Seed, Text, Tokenizer);
        RolloutPrompt longest = questions.MaxBy(question => question.TokenIds.Length)!;
        int needed = longest.TokenIds.Length + maximumTokens;
        int context = Trainee.Model.Shape.ContextLength;
        if (needed > context)
        {
            throw new RecipeException($"Question '{longest.Id}' has {longest.TokenIds.Length} tokens; with an answer of {maximumTokens} it exceeds the model's context of {context}. Lower 'maximumTokens'.");
        }

        return needed <= Recipe.Packing.RowsPerBatch
            ? questions
            : throw new RecipeException($"Question '{longest.Id}' has {longest.TokenIds.Length} tokens; with an answer of {maximumTokens} it exceeds a micro-batch of {Recipe.Packing.RowsPerBatch} rows. Raise 'training.rowsPerBatch' to {needed} or more, or lower 'maximumTokens'.");
    }

    /// <summary>Creates the rollout of a sampling loop.</summary>
    /// <param name="perQuestion">Answers per question.</param>
    /// <param name="maximumTokens">Longest answer.</param>
    /// <param name="temperature">Temperature.</param>
    /// <param name="seed">Seed of the samples.</param>
    public GroupRollout Rollout(int perQuestion, int maximumTokens, double temperature, ulong seed) => new(new GroupRolloutOptions
    {
        GroupSize = perQuestion,
        MaximumTokens = maximumTokens,
        Temperature = temperature,
        Seed = seed,
        StopTokenIds = Text.StopIds(Tokenizer),
    });
}
