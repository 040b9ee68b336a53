using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;
using Agents.Prompts;
using Agents.Replication;
using Agents.Runtime.Replication;
using Agents.Tracing;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Testing;

/// <summary>
/// A laboratory without model, training and files, for tests of replications: items, grading, role data and statistics are the real ones, answers and adapters come
/// from scripts. Everything that the replication asked for is recorded. Not safe for concurrent replications.
/// </summary>
public sealed class ScriptedLaboratory : ILaboratory
{
    private readonly ItemBook _items = new();
    private readonly ReferenceVerifier _verifier = new();
    private readonly Dictionary<string, string> _remembered = new(StringComparer.Ordinal);

    /// <summary>Gets what a strategy answers: run, item and seed to text. Default: the right solution.</summary>
    public Func<StrategyRun, ExperimentItem, ulong, string> Answer { get; init; } = static (_, item, _) => item.Solution;

    /// <summary>Gets the details of the answers; null for none.</summary>
    public Func<StrategyRun, ExperimentItem, ulong, IReadOnlyDictionary<string, object?>>? Details { get; init; }

    /// <summary>Gets the traces of the answers; null for none.</summary>
    public Func<StrategyRun, ExperimentItem, ulong, IReadOnlyList<TraceNode>>? Trace { get; init; }

    /// <summary>Gets the model calls that an answer costs. Default 1.</summary>
    public Func<StrategyRun, int> Calls { get; init; } = static _ => 1;

    /// <summary>Gets the prompts. Default: none, every name is refused.</summary>
    public IPromptLibrary Prompts { get; init; } = MemoryPrompts.Empty;

    /// <summary>Gets every training that was asked for.</summary>
    public List<AdapterTraining> Trainings { get; } = [];

    /// <summary>Gets every arm that was measured, with its seed and number of items.</summary>
    public List<(string Arm, ulong Seed, int Items)> Measured { get; } = [];

    /// <summary>Gets what was said.</summary>
    public List<string> Said { get; } = [];

    /// <inheritdoc/>
    public ReplicationProfile Profile { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<ulong> Seeds { get; init; } = [1];

    /// <inheritdoc/>
    public ILaboratoryModel Model { get; init; } = new ScriptedLaboratoryModel(new ScriptedChatClient());

    /// <inheritdoc/>
    public IAnswerFormat Answers => AnswerFormat.Default;

    /// <inheritdoc/>
    public TimeProvider Time { get; init; } = new ManualTimeProvider();

    /// <inheritdoc/>
    public void Say(string message) => Said.Add(message);

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
    public IReadOnlyList<TrainingConversation> RoleData(RoleQuery query) => RoleConversations.Write(query, Prompt);

    /// <inheritdoc/>
    public async ValueTask<bool?> GradeAsync(ExperimentItem item, string response, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        TaskItem known = _items.Find(item);
        return (await _verifier.JudgeAsync(known.Judge(response), cancellationToken).ConfigureAwait(false)).Correct;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChatMessage> Prompt(string name, IReadOnlyDictionary<string, object?> variables) => Prompts.Render(name, variables, Model.Name);

    /// <inheritdoc/>
    public async Task<ExperimentAnswer> AnswerAsync(StrategyRun run, ExperimentItem item, ulong seed, CancellationToken cancellationToken = default)
    {
        string text = Answer(run, item, seed);
        return new ExperimentAnswer(text)
        {
            FinalAnswer = Answers.Extract(text),
            Correct = await GradeAsync(item, text, cancellationToken).ConfigureAwait(false),
            Details = Details?.Invoke(run, item, seed) ?? new Dictionary<string, object?>(),
            Trace = Trace?.Invoke(run, item, seed) ?? [],
            Calls = Calls(run),
        };
    }

    /// <inheritdoc/>
    public Task<ExperimentAdapter> TrainAsync(AdapterTraining training, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        Trainings.Add(training);
        string id = string.Create(CultureInfo.InvariantCulture, $"{training.Name}-{Trainings.Count}");
        return Task.FromResult(new ExperimentAdapter(id) { Steps = training.Steps ?? 1, Tokens = 1, Loss = (1, 0.5) });
    }

    /// <inheritdoc/>
    public async Task<ArmRun> MeasureAsync(
        string arm, ulong seed, IReadOnlyList<ExperimentItem> items, Func<ExperimentItem, CancellationToken, Task<Observation>> observe, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(observe);
        Measured.Add((arm, seed, items.Count));
        List<(ExperimentItem, Observation)> rows = new(items.Count);
        foreach (ExperimentItem item in items)
        {
            rows.Add((item, await observe(item, cancellationToken).ConfigureAwait(false)));
        }

        return new ArmRun(arm, seed, rows);
    }

    /// <inheritdoc/>
    public async Task<T> RememberAsync<T>(string key, JsonTypeInfo<T> type, Func<CancellationToken, Task<T>> create, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(create);
        if (!_remembered.TryGetValue(key, out string? json))
        {
            json = JsonSerializer.Serialize(await create(cancellationToken).ConfigureAwait(false), type);
            _remembered[key] = json;
        }

        return JsonSerializer.Deserialize(json, type)!;
    }

    /// <inheritdoc/>
    public ArmComparison Compare(IReadOnlyList<ArmRun> baseline, IReadOnlyList<ArmRun> method, string? metric = null) => ComparisonStatistics.Compare(baseline, method, metric);
}
