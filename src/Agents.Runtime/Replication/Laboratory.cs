using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Prompts;
using Agents.Reasoning;
using Agents.Replication;
using Agents.Runtime.Features;
using Agents.Runtime.Learning;
using Agents.Runtime.Reasoning;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Replication;

/// <summary>
/// What a replication works with: the task families, the real strategies and prompts, a model in this process, adapter training, and a run folder that survives a
/// kill at any moment. Results do not depend on concurrency, order or restarts; seconds do. Safe for concurrent calls.
/// </summary>
public sealed class Laboratory : ILaboratory, IDisposable
{
    /// <summary>Name of the journal in a run folder.</summary>
    public const string JournalName = RunJournal.FileName;

    /// <summary>Name of the folder of trained adapters in a run folder.</summary>
    public const string AdaptersName = "adapters";

    private static readonly TimeSpan SecondsInterval = TimeSpan.FromSeconds(20);
    private readonly LaboratoryOptions _options;
    private readonly IPromptLibrary _prompts;
    private readonly ReasoningEngine _engine;
    private readonly ReferenceVerifier _verifier = new();
    private readonly TrainingText _text;
    private readonly RunJournal _journal;
    private readonly AdapterForge _forge;
    private readonly ItemBook _items = new();
    private readonly DisjointnessGuard _guard;
    private readonly Lock _clock = new();
    private readonly long _started;
    private double _written;
    private bool _disposed;

    private Laboratory(DecoderModel model, IChatClient client, IFeatureSource features, IPromptLibrary prompts, LaboratoryOptions options, RunJournal journal)
    {
        _options = options;
        _prompts = prompts;
        _journal = journal;
        _engine = new ReasoningEngine(features, prompts, AnswerFormat.Default, time: options.Time);
        _text = new TrainingText(prompts, model.Name, ChatTemplates.ForModel(model.TokenizerDefinition, options.Time));
        _forge = new AdapterForge(model, _text, options);
        _guard = new DisjointnessGuard(_items);
        Model = new LaboratoryModel(model, client, _text);
        Seeds = options.ChosenSeeds;
        _started = options.Time.GetTimestamp();
    }

    /// <inheritdoc/>
    public ReplicationProfile Profile => _options.Profile;

    /// <inheritdoc/>
    public IReadOnlyList<ulong> Seeds { get; }

    /// <inheritdoc/>
    public ILaboratoryModel Model { get; }

    /// <inheritdoc/>
    public IAnswerFormat Answers => AnswerFormat.Default;

    /// <inheritdoc/>
    public TimeProvider Time => _options.Time;

    /// <summary>Gets the seconds of work on this run folder, those of earlier processes included (of a killed one all but the last seconds).</summary>
    public double Seconds => _journal.SecondsBefore + _options.Time.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Opens a laboratory in a run folder.</summary>
    /// <param name="info">What is checked there.</param>
    /// <param name="model">The model under test; stays the caller's. Adapters are loaded into its registry while the laboratory lives.</param>
    /// <param name="client">It as a chat client; stays the caller's.</param>
    /// <param name="features">Where strategies are found.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="options">Folder, size, seeds.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="ReplicationException">The folder belongs to another run, is in use, or its journal is damaged.</exception>
    public static Laboratory Open(ReplicationInfo info, DecoderModel model, IChatClient client, IFeatureSource features, IPromptLibrary prompts, LaboratoryOptions options)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Directory.CreateDirectory(options.Folder);
        string seeds = string.Join(',', options.ChosenSeeds.Select(seed => seed.ToString(CultureInfo.InvariantCulture)));
        RunHeader header = new(RunHeader.CurrentSchema, info.Paper, options.Profile, seeds, model.Name, model.GenerationId);
        RunJournal journal = RunJournal.Open(options.Folder, header);
        try
        {
            return new Laboratory(model, client, features, prompts, options, journal);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Say(string message) => _options.Progress?.Report(new LaboratoryProgress("", 0, 0) { Message = message });

    /// <inheritdoc/>
    public IReadOnlyList<ExperimentItem> Items(ItemQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _items.Draw(query);
    }

    /// <inheritdoc/>
    public ExperimentItem Similar(ExperimentItem item, SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(item);
        return _items.Similar(item, stream);
    }

    /// <inheritdoc/>
    public WrittenProblem? Solve(string family, string question)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(question);
        return ItemBook.Solve(family, question);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrainingConversation> RoleData(RoleQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return RoleConversations.Write(query, Prompt);
    }

    /// <inheritdoc/>
    public async ValueTask<bool?> GradeAsync(ExperimentItem item, string response, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(response);
        Verdict verdict = await _verifier.JudgeAsync(_items.Find(item).Judge(response), cancellationToken).ConfigureAwait(false);
        return verdict.Correct;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChatMessage> Prompt(string name, IReadOnlyDictionary<string, object?> variables) => _prompts.Render(name, variables, Model.Name);

    /// <inheritdoc/>
    public async Task<ExperimentAnswer> AnswerAsync(StrategyRun run, ExperimentItem item, ulong seed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(item);
        ReasoningRequest request = new()
        {
            Options = run.Options with { Seed = new SampleStream(seed, ContentHash.Of(item.Id)).NextBits() },
            Budget = run.Budget,
            Models = Models(run.Adapters),
        };
        long start = Time.GetTimestamp();
        ReasoningResult result = await _engine.SolveAsync(run.Strategy, ReasoningTask.FromQuestion(item.Question) with { Id = item.Id }, request, cancellationToken).ConfigureAwait(false);
        double seconds = Time.GetElapsedTime(start).TotalSeconds;
        string text = result.Answer?.Text ?? "";
        return new ExperimentAnswer(text)
        {
            FinalAnswer = result.Answer?.FinalAnswer ?? Answers.Extract(text),
            Correct = await GradeAsync(item, text, cancellationToken).ConfigureAwait(false),
            Details = result.Answer?.Details ?? new Dictionary<string, object?>(),
            Trace = result.Trace,
            Calls = result.Usage.Calls,
            PromptTokens = result.Usage.PromptTokens,
            CompletionTokens = result.Usage.CompletionTokens,
            Seconds = seconds,
        };
    }

    /// <inheritdoc/>
    public async Task<ExperimentAdapter> TrainAsync(AdapterTraining training, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        _guard.Train(training);
        ExperimentAdapter adapter = await _forge.TrainAsync(training, cancellationToken).ConfigureAwait(false);
        KeepSeconds();
        return adapter;
    }

    /// <inheritdoc/>
    public async Task<ArmRun> MeasureAsync(
        string arm, ulong seed, IReadOnlyList<ExperimentItem> items, Func<ExperimentItem, CancellationToken, Task<Observation>> observe, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(arm);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(observe);
        if (items.Select(item => item.Id).Distinct(StringComparer.Ordinal).Count() != items.Count)
        {
            throw new ArgumentException($"Arm '{arm}' has an item twice; ids must differ.", nameof(items));
        }

        _guard.Measure(items);
        var seen = new Observation?[items.Count];
        for (int i = 0; i < items.Count; i++)
        {
            seen[i] = _journal.Find(arm, seed, items[i]);
        }

        int[] open = [.. Enumerable.Range(0, items.Count).Where(i => seen[i] is null)];
        int done = items.Count - open.Length;
        string part = string.Create(CultureInfo.InvariantCulture, $"{arm}, seed {seed}");
        _options.Progress?.Report(new LaboratoryProgress(part, done, items.Count));
        await Parallel.ForEachAsync(open, new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken }, async (i, token) =>
        {
            long start = Time.GetTimestamp();
            Observation observation = await observe(items[i], token).ConfigureAwait(false);
            Require(arm, items[i], observation);
            observation = observation.Seconds > 0 ? observation : observation with { Seconds = Time.GetElapsedTime(start).TotalSeconds };
            seen[i] = _journal.Add(arm, seed, items[i], observation);
            _options.Progress?.Report(new LaboratoryProgress(part, Interlocked.Increment(ref done), items.Count));
            KeepSeconds();
        }).ConfigureAwait(false);
        return new ArmRun(arm, seed, [.. items.Select((item, i) => (item, seen[i]!))]);
    }

    /// <inheritdoc/>
    public async Task<T> RememberAsync<T>(string key, JsonTypeInfo<T> type, Func<CancellationToken, Task<T>> create, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(create);
        if (_journal.FindValue(key, type) is { } known)
        {
            return known;
        }

        _journal.AddValue(key, await create(cancellationToken).ConfigureAwait(false), type);
        KeepSeconds();

        // What the file gives back is what a resumed run will see.
        return _journal.FindValue(key, type)!;
    }

    /// <inheritdoc/>
    public ArmComparison Compare(IReadOnlyList<ArmRun> baseline, IReadOnlyList<ArmRun> method, string? metric = null) => ComparisonStatistics.Compare(baseline, method, metric);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        KeepSeconds(always: true);
        _forge.Dispose();
        _journal.Dispose();
    }

    private static void Require(string arm, ExperimentItem item, Observation observation)
    {
        foreach ((string name, double value) in observation.Values)
        {
            if (!double.IsFinite(value))
            {
                throw new ReplicationException($"Arm '{arm}' observed {name} = {value} on item '{item.Id}'; values must be finite. Leave the value out where there is none.");
            }
        }
    }

    private RoleModels Models(IReadOnlyDictionary<string, ExperimentAdapter> adapters)
    {
        RoleModel Bind(ExperimentAdapter adapter) => new(new AdaptedChatClient(Model.Client, [new AdapterUse(adapter.Id)])) { Name = Model.Name };
        RoleModel all = adapters.TryGetValue(ModelRoles.Default, out ExperimentAdapter? general) ? Bind(general) : new RoleModel(Model.Client) { Name = Model.Name };
        return new RoleModels(all) { Roles = adapters.Where(pair => pair.Key != ModelRoles.Default).ToDictionary(pair => pair.Key, pair => Bind(pair.Value)) };
    }

    private void KeepSeconds(bool always = false)
    {
        lock (_clock)
        {
            double now = _options.Time.GetElapsedTime(_started).TotalSeconds;
            if (now > _written && (always || now - _written >= SecondsInterval.TotalSeconds))
            {
                _journal.AddSeconds(now - _written);
                _written = now;
            }
        }
    }
}
