using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Agents.Evaluation.Verification;
using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Chat;
using Agents.Models.Decoder;
using Agents.Models.Files;
using Agents.Models.Templates;
using Agents.Numerics.Kernels;
using Agents.Prompts;
using Agents.Reasoning;
using Agents.Replication;
using Agents.Runtime.Datasets;
using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Runtime.Replication;
using Agents.Runtime.Trajectories;
using Agents.Training.Data;
using Agents.Training.Loops;
using Agents.Training.Rollouts;

namespace Agents.Runtime.Learning.Roles;

/// <summary>
/// Trains one adapter per role of a strategy on the strategy's own branches (papers/33 §2): in every round the present roles answer the questions, values travel from the answers to the texts
/// they were made of, each role learns its positive texts, and those that are asked to also their better over their worse siblings. All parts can be killed and resumed.
/// </summary>
/// <param name="recipe">The recipe.</param>
/// <param name="folder">Folder of the run.</param>
/// <param name="kernels">Kernels.</param>
/// <param name="prompts">Prompts of the strategy.</param>
/// <param name="features">Where the strategy is found.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Told after every step; null for nobody.</param>
internal sealed class RolesRun(
    TrainingRecipe recipe, string folder, IKernels<float> kernels, IPromptLibrary prompts, IFeatureSource features, TimeProvider time, IProgress<RecipeProgress>? progress)
{
    /// <summary>Name of the file that says which role has which adapter.</summary>
    public const string BindingsName = "roles.json";

    private readonly RolesSettings _settings = recipe.Roles!;
    private (long Steps, long Tokens, double Loss) _total;

    /// <summary>Runs all rounds.</summary>
    /// <param name="pool">The questions.</param>
    /// <param name="stages">The run's stages.</param>
    /// <param name="cancellationToken">Stops the run; what is done stays.</param>
    public async Task<RecipeResult> RunAsync(QuestionPool pool, StageLedger stages, CancellationToken cancellationToken)
    {
        using DecoderModel model = await DecoderModel.LoadAsync(recipe.StartFrom!, new DecoderModelOptions { Kernels = kernels }, cancellationToken).ConfigureAwait(false);
        using LocalChatClient client = new(model);
        TrainingText text = new(prompts, model.Name, ChatTemplates.ForModel(model.TokenizerDefinition, time));
        ImmutableArray<RolloutPrompt> questions = pool.Draw(_settings.Questions, recipe.Seed, text, Models.Tokenization.Tokenizers.Create(model.TokenizerDefinition));
        using AdapterForge forge = new(model, text, new LaboratoryOptions { Folder = folder, Profile = ReplicationProfile.Quick, Time = time, Progress = progress is null ? null : new ForgeProgress(progress) });
        SortedDictionary<string, ExperimentAdapter> bound = new(StringComparer.Ordinal);
        for (int round = 0; round < _settings.Rounds; round++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"round-{round + 1}");
            IReadOnlyList<Trajectory> branches = await ExpandAsync(model, client, stages, questions, bound, name, round, cancellationToken).ConfigureAwait(false);
            Dataset dataset = Build(stages, branches, name, round, model.GenerationId);
            string[] roles = [.. dataset.Supervised.Select(line => line.Lineage.Role).Distinct().Order(StringComparer.Ordinal)];
            if (roles.Length == 0)
            {
                throw new RecipeException($"No text of round {round + 1} has a value above {_settings.ThresholdOf(round)}; '{Path.Combine(folder, name, "data", "report.json")}' says what was dropped and why. Take easier questions, more of them, or a lower threshold.");
            }

            foreach (string role in roles)
            {
                bound[role] = await TrainAsync(forge, stages, dataset, name, role, cancellationToken).ConfigureAwait(false);
            }
        }

        string bindings = Save(model, bound);
        return Summary.Of(_total.Steps, _total.Loss, _total.Tokens, forge.TokensPerSecond, bindings);
    }

    private async Task<IReadOnlyList<Trajectory>> ExpandAsync(
        DecoderModel model, LocalChatClient client, StageLedger stages, ImmutableArray<RolloutPrompt> questions, SortedDictionary<string, ExperimentAdapter> bound, string name, int round, CancellationToken cancellationToken)
    {
        RoleModel Bind(ExperimentAdapter adapter) => new(new AdaptedChatClient(client, [new AdapterUse(adapter.Id)])) { Name = model.Name };
        RoleModels models = new(bound.TryGetValue(ModelRoles.Default, out ExperimentAdapter? general) ? Bind(general) : new RoleModel(client) { Name = model.Name })
        {
            Roles = bound.Where(pair => pair.Key != ModelRoles.Default).ToDictionary(pair => pair.Key, pair => Bind(pair.Value)),
        };
        ulong seed = new SampleStream(recipe.Seed, (ulong)round).NextBits();
        string generation = string.Join('+', bound.Select(pair => $"{pair.Key}={pair.Value.Id}").Prepend(model.GenerationId));
        StageInputs inputs = new(
            name + "/branches",
            seed,
            StageInputs.Map(("generation", generation), ("questions", new ShuffledPromptSampler(questions, seed).Fingerprint)),
            StageInputs.Map(("strategy", _settings.Strategy), ("settings", _settings.StrategySettings?.GetRawText() ?? "none"), ("samples", _settings.Samples), ("temperature", _settings.Temperature), ("maximumTokens", _settings.MaximumTokens)));
        return await new BranchStage(_settings, stages, progress).RunAsync(
            inputs,
            Path.Combine(folder, name, "branches"),
            recorder => new ReasoningEngine(features, prompts, AnswerFormat.Default, time: time, observer: recorder),
            models,
            questions,
            seed,
            generation,
            cancellationToken).ConfigureAwait(false);
    }

    private Dataset Build(StageLedger stages, IReadOnlyList<Trajectory> branches, string name, int round, string generation)
    {
        DatasetBuilder builder = new(new DatasetOptions
        {
            Kinds = DatasetKinds.Supervised | DatasetKinds.Preference,
            MinimumValue = _settings.ThresholdOf(round),
            MinimumGap = _settings.MinimumGap,
            MaximumPairsPerQuestion = _settings.PairsPerQuestion,
            Conflicts = _settings.MergeIdentical ? DatasetConflicts.Merge : DatasetConflicts.Drop,
        });
        foreach (Trajectory trajectory in branches)
        {
            builder.Add(trajectory);
        }

        Dataset dataset = builder.Build();
        StageInputs inputs = new(
            name + "/data",
            recipe.Seed,
            StageInputs.Map(("branches", Fingerprint(branches))),
            StageInputs.Map(("threshold", _settings.ThresholdOf(round)), ("minimumGap", _settings.MinimumGap?.ToString(CultureInfo.InvariantCulture) ?? "none"), ("pairsPerQuestion", _settings.PairsPerQuestion), ("mergeIdentical", _settings.MergeIdentical)));
        string data = Path.Combine(folder, name, "data");
        stages.Begin(inputs, data, "*.jsonl");
        DatasetFolder.Write(dataset, DatasetKinds.Supervised | DatasetKinds.Preference, data);
        stages.End(inputs, Path.Combine(data, "sft.jsonl"), dataset.Supervised.Count + dataset.Preferences.Count, reused: false, generation);
        return dataset;
    }

    private async Task<ExperimentAdapter> TrainAsync(AdapterForge forge, StageLedger stages, Dataset dataset, string name, string role, CancellationToken cancellationToken)
    {
        AdapterTraining supervised = new()
        {
            Name = $"{name}-{role}-sft", Seed = recipe.Seed, Rank = _settings.Rank, LearningRate = _settings.SupervisedRate, Epochs = _settings.SupervisedEpochs, BatchSize = _settings.BatchSize,
        };
        ExperimentAdapter adapter = await TrainAsync(forge, stages, supervised, $"{name}/{role}/sft", [.. dataset.Supervised.Where(line => line.Lineage.Role == role).Select(Example)], cancellationToken).ConfigureAwait(false);
        PreferenceExample[] pairs = _settings.RolesWithPreference.Contains(role) ? [.. dataset.Preferences.Where(line => line.Lineage.Role == role).Select(Example)] : [];
        return pairs.Length == 0 ? adapter : await TrainAsync(
            forge,
            stages,
            supervised with { Name = $"{name}-{role}-dpo", Start = adapter, LearningRate = _settings.PreferenceRate, Epochs = _settings.PreferenceEpochs, Beta = _settings.Beta },
            $"{name}/{role}/dpo",
            pairs,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<ExperimentAdapter> TrainAsync(AdapterForge forge, StageLedger stages, AdapterTraining training, string stage, PreferenceExample[] examples, CancellationToken cancellationToken)
    {
        StageInputs inputs = new(
            stage,
            recipe.Seed,
            StageInputs.Map(("examples", new InMemoryPreferenceSource([.. examples]).Fingerprint), ("start", training.Start?.Id ?? "new")),
            StageInputs.Map(("rank", training.Rank), ("learningRate", training.LearningRate), ("epochs", training.Epochs), ("batchSize", training.BatchSize), ("beta", training.Beta)));
        ExperimentAdapter adapter = await forge.TrainAsync(training, [.. examples], cancellationToken).ConfigureAwait(false);
        stages.End(inputs, forge.RecordOf(adapter), adapter.Steps, reused: false, training.Start?.Id ?? "new");
        _total = (_total.Steps + adapter.Steps, _total.Tokens + adapter.Tokens, adapter.Loss.Last);
        return adapter;
    }

    /// <summary>Recorded ids as they are: a text tokenized again need not give the tokens that the model wrote.</summary>
    private static PreferenceExample Example(DatasetLine line) => line.Chosen is null
        ? PreferenceExample.Judged([.. line.PromptTokens!], [.. line.AnswerTokens!], desirable: true)
        : PreferenceExample.Pair([.. line.PromptTokens!], [.. line.ChosenTokens!], [.. line.RejectedTokens!]);

    private static string Fingerprint(IReadOnlyList<Trajectory> branches) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join(' ', branches.Select(branch => branch.Id).Order(StringComparer.Ordinal)))));

    /// <summary>Writes every role's adapter as GGUF file and PEFT folder, and which role has which.</summary>
    private string Save(DecoderModel model, SortedDictionary<string, ExperimentAdapter> bound)
    {
        Dictionary<string, string> bindings = [];
        foreach ((string role, ExperimentAdapter adapter) in bound)
        {
            string name = $"{recipe.Name}-{role}";
            using AdapterMixture mixture = model.Adapters.Resolve([new AdapterUse(adapter.Id)])!;
            LoraAdapter weights = mixture.Parts[0].Adapter;
            PeftAdapter.Save(Path.Combine(folder, name + "-peft"), weights, recipe.StartFrom);
            GgufAdapter.Save(Path.Combine(folder, name + ".gguf"), weights, model.Shape);
            bindings[role] = name + ".gguf";
        }

        using AtomicFile file = new(Path.Combine(folder, BindingsName));
        using (Utf8JsonWriter json = new(file.Stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            foreach ((string role, string path) in bindings)
            {
                json.WriteString(role, path);
            }

            json.WriteEndObject();
        }

        file.Commit();
        return file.Path;
    }

    private sealed class ForgeProgress(IProgress<RecipeProgress> progress) : IProgress<LaboratoryProgress>
    {
        public void Report(LaboratoryProgress value) => progress.Report(new RecipeProgress(value.Part, value.Done, value.Total));
    }
}
