using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Models.Files;
using Agents.Models.Templates;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Replication;
using Agents.Runtime.Learning;
using Agents.Training.Adapters;
using Agents.Training.Data;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Optimization;
using Agents.Training.Progress;
using Agents.Training.Reports;
using Agents.Training.Scoring;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Replication;

/// <summary>
/// Trains adapters over the model under test and loads them beside it. Each has a folder named by a hash of all its inputs: what is there is not trained again, and a
/// training that was killed goes on from its checkpoint. One training runs at a time.
/// </summary>
internal sealed class AdapterForge : IDisposable
{
    /// <summary>Raise it when equal inputs give other adapters.</summary>
    private const int FormatVersion = 1;

    /// <summary>Alpha over rank: the scale of the product does not change with the rank.</summary>
    private const int AlphaPerRank = 2;
    private const int LeastRows = 1_024;
    private const int KeyLetters = 16;

    /// <summary>Trainings here take minutes and adapters are small: a kill may cost little.</summary>
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(30);
    private static readonly AdamWOptions Optimizer = new() { Beta2 = 0.99, WeightDecay = 0 };
    private static readonly LearningRateSchedule Course = new() { WarmUpShare = 0.05, FinalShare = 0.1 };

    private readonly DecoderModel _model;
    private readonly TrainingText _text;
    private readonly string _folder;
    private readonly LaboratoryOptions _options;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Pace _pace;
    private readonly Dictionary<string, ExperimentAdapter> _known = new(StringComparer.Ordinal);
    private ComputePool? _pool;
    private SimdKernels? _kernels;

    /// <summary>Creates a forge.</summary>
    /// <param name="model">The model under test.</param>
    /// <param name="text">Renders conversations for it.</param>
    /// <param name="options">Run folder, clock, progress.</param>
    public AdapterForge(DecoderModel model, TrainingText text, LaboratoryOptions options)
    {
        _model = model;
        _text = text;
        _folder = Path.Combine(options.Folder, Laboratory.AdaptersName);
        _options = options;
        _pace = new Pace(options.Time);
    }

    /// <summary>Gets the tokens per second of what this process trained; 0 where it only loaded.</summary>
    public double TokensPerSecond => _pace.PerSecond;

    /// <summary>Trains an adapter or loads the one that equal inputs left.</summary>
    /// <param name="training">Data, loss and settings.</param>
    /// <param name="cancellationToken">Stops the training; its checkpoint stays.</param>
    /// <exception cref="ReplicationException">The settings are invalid, or an example is too long.</exception>
    public Task<ExperimentAdapter> TrainAsync(AdapterTraining training, CancellationToken cancellationToken)
    {
        Validate(training, hasData: true);
        return TrainAsync(
            training, [.. training.Conversations.Select(Supervised), .. training.Preferences.Select(Preference)], cancellationToken);
    }

    /// <summary>Trains an adapter on tokens, or loads the one that equal inputs left.</summary>
    /// <param name="training">Settings; its own data is not read.</param>
    /// <param name="examples">Single wanted completions for supervised training, or pairs for DPO.</param>
    /// <param name="cancellationToken">Stops the training; its checkpoint stays.</param>
    /// <exception cref="ReplicationException">The settings are invalid, or an example is too long.</exception>
    public async Task<ExperimentAdapter> TrainAsync(AdapterTraining training, ImmutableArray<PreferenceExample> examples, CancellationToken cancellationToken)
    {
        Validate(training, hasData: false);
        for (int i = 0; i < examples.Length; i++)
        {
            RequireLength(training.Name, i, examples[i].PromptTokenIds.Length + examples[i].Completions.Max(completion => completion.Length));
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            InMemoryPreferenceSource source = new(examples);
            int steps = training.Steps ?? (int)Math.Max(1, (((long)training.Epochs * examples.Length) + training.BatchSize - 1) / training.BatchSize);
            string key = Key(training, source.Fingerprint, steps);
            string id = $"{training.Name}-{key}";
            if (_known.TryGetValue(id, out ExperimentAdapter? known))
            {
                return known;
            }

            string folder = Path.Combine(_folder, id);
            AdapterRecord record = ReadRecord(folder, key) ?? await TrainAsync(training, source, steps, key, folder, cancellationToken).ConfigureAwait(false);

            // Always from the file, also when it was trained just now: a run that was stopped must go on with the same bits.
            await _model.Adapters.LoadAsync(id, Path.Combine(folder, "peft"), cancellationToken).ConfigureAwait(false);
            return _known[id] = new ExperimentAdapter(id) { Steps = record.Steps, Tokens = record.Tokens, Loss = (record.FirstLoss, record.LastLoss) };
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Returns the file that says how an adapter was trained.</summary>
    /// <param name="adapter">An adapter of this forge.</param>
    public string RecordOf(ExperimentAdapter adapter) => Path.Combine(_folder, adapter.Id, AdapterRecord.FileName);

    /// <summary>Unloads all adapters.</summary>
    public void Dispose()
    {
        foreach (string id in _known.Keys)
        {
            _model.Adapters.Unload(id);
        }

        _kernels?.Dispose();
        _pool?.Dispose();
        _gate.Dispose();
    }

    private static void Validate(AdapterTraining training, bool hasData)
    {
        List<string> broken = [];
        if (training.Name.Length == 0 || training.Name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '.')))
        {
            broken.Add($"the name '{training.Name}' must be letters, digits, '-' and '.': it names a folder");
        }

        if (hasData && training.Conversations.Count == 0 == (training.Preferences.Count == 0))
        {
            broken.Add($"exactly one kind of data is needed, got {training.Conversations.Count} conversations and {training.Preferences.Count} preferences");
        }

        if (training.Rank < 1 || training.Epochs < 1 || training.BatchSize < 1 || training.Steps is < 1)
        {
            broken.Add($"rank {training.Rank}, epochs {training.Epochs}, batch size {training.BatchSize} and steps {training.Steps} must be positive");
        }

        if (!(training.LearningRate > 0) || !(training.Beta > 0))
        {
            broken.Add(string.Create(CultureInfo.InvariantCulture, $"learning rate {training.LearningRate} and beta {training.Beta} must be positive"));
        }

        if (broken.Count > 0)
        {
            throw new ReplicationException($"The training of '{training.Name}' is invalid: {string.Join("; ", broken)}.");
        }
    }

    private PreferenceExample Supervised(TrainingConversation conversation)
    {
        (int[] prompt, int[] completion) = Split(conversation.Prompt, conversation.Target);
        return PreferenceExample.Judged(prompt, completion, desirable: true);
    }

    private PreferenceExample Preference(TrainingPreference preference)
    {
        (int[] prompt, int[] chosen) = Split(preference.Prompt, preference.Chosen);
        (_, int[] rejected) = Split(preference.Prompt, preference.Rejected);
        return PreferenceExample.Pair(prompt, chosen, rejected);
    }

    private (int[] Prompt, int[] Completion) Split(IReadOnlyList<ChatMessage> prompt, string target) =>
        _text.Split([.. LaboratoryModel.Turns(prompt), new ChatTurn(TurnRoles.Assistant, target)], _model.Tokenizer);

    private void RequireLength(string name, int index, int tokens)
    {
        if (tokens > _model.Shape.ContextLength)
        {
            throw new ReplicationException($"Example {index} of the training '{name}' has {tokens} tokens; the context of {_model.Name} has {_model.Shape.ContextLength}. Leave it out or shorten it.");
        }
    }

    private string Key(AdapterTraining training, string data, int steps)
    {
        string start = training.Start is null ? "new" : _model.GenerationIdOf([new AdapterUse(training.Start.Id)]);
        string inputs = string.Create(
            CultureInfo.InvariantCulture,
            $"{FormatVersion}|{_model.GenerationId}|{start}|{data}|{training.Seed}|{training.Rank}|{AlphaPerRank}|{training.LearningRate:R}|{training.BatchSize}|{steps}|{training.Beta:R}|{Course}|{Optimizer}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(inputs)))[..KeyLetters];
    }

    private static AdapterRecord? ReadRecord(string folder, string key)
    {
        string path = Path.Combine(folder, AdapterRecord.FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        AdapterRecord? record = JsonSerializer.Deserialize(File.ReadAllBytes(path), ReplicationJson.Default.AdapterRecord);
        return record?.Key == key ? record : throw new ReplicationException($"'{path}' belongs to another training ({record?.Key}, expected {key}). Delete the folder.");
    }

    private async Task<AdapterRecord> TrainAsync(AdapterTraining training, InMemoryPreferenceSource source, int steps, string key, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        bool pairs = source.Get(0).Completions.Length == 2;
        int rows = Math.Max(LeastRows, Longest(source));
        _pool ??= new ComputePool();
        _kernels ??= new SimdKernels(_pool);
        AdapterTrainerOptions options = new()
        {
            Adapter = new AdapterOptions { Rank = training.Rank, Alpha = training.Rank * AlphaPerRank, Seed = training.Seed },
            MaximumRows = rows,
            Optimizer = Optimizer,
        };
        using LoraAdapter? start = training.Start is null ? null : PeftAdapter.Load(Path.Combine(_folder, training.Start.Id, "peft"));
        using AdapterTrainer<float> trainer = new(_model.Weights, _kernels, options, start);
        ITokenLoss loss = pairs ? new DpoLoss(training.Beta) : new CrossEntropyLoss();
        using LogProbabilityStore? store = pairs ? new(Path.Combine(folder, "reference.store")) : null;
        FrozenScorer? reference = pairs ? new(training.Start is null ? _model : new AdaptedLanguageModel(_model, [new AdapterUse(training.Start.Id)]), store) : null;
        bool resume = Directory.EnumerateFiles(folder, "step-*.checkpoint").Any();
        PreferenceTrainer loop = new(
            trainer,
            loss,
            source,
            new PreferenceTrainerOptions
            {
                Steps = steps,
                OutputFolder = folder,
                Seed = training.Seed,
                ExamplesPerStep = training.BatchSize,
                RowsPerBatch = rows,
                Schedule = Course with { Peak = training.LearningRate },
                CheckpointInterval = CheckpointInterval,
                Resume = resume,
                Recipe = key,
            },
            reference,
            _options.Time);
        if (resume)
        {
            _pace.Pause();
        }
        else
        {
            _pace.Begin();
        }

        StepReports<PreferenceProgress> progress = new(report =>
        {
            _pace.Add(report.Tokens);
            _options.Progress?.Report(new LaboratoryProgress($"train {training.Name}", report.Step, report.Steps)
            {
                Detail = string.Create(CultureInfo.InvariantCulture, $"loss {report.Loss:0.0000}"),
            });
        });
        PreferenceResult result = await loop.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        ImmutableArray<MetricsPoint> losses = MetricsLog.Read(Path.Combine(folder, "metrics.jsonl")).Series["loss"];
        using (LoraAdapter adapter = trainer.ToAdapter(training.Name))
        {
            PeftAdapter.Save(Path.Combine(folder, "peft"), adapter, _model.Name);
        }

        AdapterRecord record = new(key, (int)result.Steps, result.Tokens, losses[0].Value, losses[^1].Value);
        using (AtomicFile file = new(Path.Combine(folder, AdapterRecord.FileName)))
        {
            file.Stream.Write(JsonSerializer.SerializeToUtf8Bytes(record, ReplicationJson.Readable.AdapterRecord));
            file.Commit();
        }

        foreach (string spent in Directory.GetFiles(folder, "step-*.checkpoint"))
        {
            File.Delete(spent);
        }

        return record;
    }

    private static int Longest(InMemoryPreferenceSource source)
    {
        int longest = 0;
        for (long i = 0; i < source.Count; i++)
        {
            PreferenceExample example = source.Get(i);
            longest = Math.Max(longest, example.Completions.Sum(completion => example.PromptTokenIds.Length + completion.Length));
        }

        return longest;
    }
}
