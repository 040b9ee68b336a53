using System.Collections.Concurrent;
using System.Text.Json;
using Agents.Models;
using Agents.Plugins.TestTimeImprovement.Synthesis;
using Agents.Plugins.TestTimeImprovement.Tools;
using Agents.Reasoning;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>Runs the arms. Those of the method are the real strategy; controls that bring their own pairs train on them through the same adaptation source with the same settings.</summary>
internal sealed class ImprovementArms(ILaboratory laboratory, ToolPhraseBook phrases)
{
    /// <summary>Value of an observation: whether its pair is right in itself.</summary>
    public const string RightLabel = "labelRight";

    /// <summary>Value of an observation: whether its pair calls the function that the item asks for.</summary>
    public const string SameFunction = "sameFunction";

    private const double SynthesisTemperature = 0.7;
    private const ulong PairStream = 1;
    private const ulong AdapterStream = 2;
    private readonly IChatClient _client = laboratory.Model.Client;

    // Similar items of rare functions take many draws, and several arms train on the same pair.
    private readonly ConcurrentDictionary<(ulong Seed, string Item), WrittenPair> _oracle = new();

    private IAdaptationSource Source => _client.GetService<IAdaptationSource>()
        ?? throw new TestTimeImprovementException($"Replication 61 trains temporary adapters, which '{laboratory.Model.Name}' cannot do. Run it on a model in this process, such as 'tiny'.");

    /// <summary>Refuses a model that cannot be adapted, before anything is measured.</summary>
    /// <exception cref="TestTimeImprovementException">It cannot.</exception>
    public void RequireAdaptation() => _ = Source;

    /// <summary>The strategy: margins, whether it adapted, and whether the label of its pair is right.</summary>
    /// <param name="arm">Name of the arm.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="items">The items.</param>
    /// <param name="settings">Settings of the strategy, the inside of a JSON object.</param>
    /// <param name="adapters">Adapters by role; null for none.</param>
    /// <param name="samples">Samples of a vote; null for the default.</param>
    /// <param name="cancellationToken">Stops the arm.</param>
    public Task<ArmRun> StrategyAsync(
        string arm, ulong seed, IReadOnlyList<ExperimentItem> items, string settings, IReadOnlyDictionary<string, ExperimentAdapter>? adapters, int? samples,
        CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse($"{{{settings}}}");
        var run = new StrategyRun(TestTimeImprovementStrategy.Id)
        {
            Options = new StrategyOptions { Samples = samples, Settings = document.RootElement.Clone() },
            Adapters = adapters ?? new Dictionary<string, ExperimentAdapter>(),
        };
        return laboratory.MeasureAsync(arm, seed, items, async (item, token) => Observe(item, await laboratory.AnswerAsync(run, item, seed, token).ConfigureAwait(false)), cancellationToken);
    }

    /// <summary>Plain answers under an adapter, or none.</summary>
    /// <param name="arm">Name of the arm.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="items">The items.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="cancellationToken">Stops the arm.</param>
    public Task<ArmRun> AdapterAsync(string arm, ulong seed, IReadOnlyList<ExperimentItem> items, ExperimentAdapter adapter, CancellationToken cancellationToken) =>
        laboratory.MeasureAsync(arm, seed, items, (item, token) => AnswerAsync(item, [new AdapterUse(adapter.Id)], token), cancellationToken);

    /// <summary>A temporary adapter per item over those that all arms run with, trained on a given pair; items without one are answered plainly, as the strategy does.</summary>
    /// <param name="arm">Name of the arm.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="items">The items.</param>
    /// <param name="served">The adapters that all arms run with.</param>
    /// <param name="recipe">Steps and rate.</param>
    /// <param name="pairs">The pair of an item; null for none.</param>
    /// <param name="cancellationToken">Stops the arm.</param>
    public Task<ArmRun> PairsAsync(
        string arm, ulong seed, IReadOnlyList<ExperimentItem> items, IReadOnlyList<AdapterUse> served, UpdateRecipe recipe, Func<ExperimentItem, WrittenPair?> pairs, CancellationToken cancellationToken) =>
        laboratory.MeasureAsync(arm, seed, items, async (item, token) =>
        {
            if (pairs(item) is not { } pair)
            {
                return await AnswerAsync(item, served, token).ConfigureAwait(false);
            }

            long start = laboratory.Time.GetTimestamp();
            ITemporaryAdapter adapter = await Source.AdaptAsync(
                new AdaptationRequest
                {
                    Conversations = [new AdaptationConversation([new ChatMessage(ChatRole.User, pair.Question)], new ChatMessage(ChatRole.Assistant, pair.Answer))],
                    Adapters = served,
                    Steps = recipe.Steps,
                    LearningRate = recipe.Rate,
                    Seed = Stream(seed, item).Fork(AdapterStream).NextBits(),
                },
                token).ConfigureAwait(false);
            await using (adapter.ConfigureAwait(false))
            {
                Observation seen = await AnswerAsync(item, [.. served, adapter.Use], token).ConfigureAwait(false);
                return seen with { Seconds = laboratory.Time.GetElapsedTime(start).TotalSeconds, Values = new Dictionary<string, double>(Labels(item, pair.Question, pair.Answer)) { ["adapted"] = 1 } };
            }
        },
        cancellationToken);

    /// <summary>The pairs that the unadapted model writes for all items, checked as the strategy checks them.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="items">The items.</param>
    /// <param name="served">The adapters that all arms run with.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public Task<PairBook> WriteAsync(ulong seed, IReadOnlyList<ExperimentItem> items, IReadOnlyList<AdapterUse> served, CancellationToken cancellationToken) =>
        laboratory.RememberAsync(FormattableString.Invariant($"own pairs, seed {seed}, {items.Count} items"), ReplicationJson.Default.PairBook, token => WriteAllAsync(seed, items, served, token), cancellationToken);

    /// <summary>An oracle's pair: another item of the same kind from the training split, with its right solution.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="item">The item.</param>
    public WrittenPair Oracle(ulong seed, ExperimentItem item) => _oracle.GetOrAdd((seed, item.Id), _ =>
    {
        ExperimentItem similar = laboratory.Similar(item, Stream(seed, item).Fork(PairStream));
        return new WrittenPair(similar.Question, similar.Solution);
    });

    private async Task<PairBook> WriteAllAsync(ulong seed, IReadOnlyList<ExperimentItem> items, IReadOnlyList<AdapterUse> served, CancellationToken cancellationToken)
    {
        IGroupSampler sampler = _client.GetService<IGroupSampler>() ?? throw new TestTimeImprovementException($"The model {laboratory.Model.Name} samples no groups, which this replication needs.");
        Dictionary<string, WrittenPair> pairs = [];
        int replies = 0;
        foreach (ExperimentItem item in items)
        {
            var check = new PairCheck(ReasoningTask.FromQuestion(item.Question), laboratory.Answers);
            IReadOnlyList<ChatMessage> prompt = laboratory.Prompt("test-time-improvement/variant", new Dictionary<string, object?> { ["question"] = item.Question, ["tools"] = new List<object?>(), ["calls"] = false });
            ChatOptions options = new() { Temperature = (float)SynthesisTemperature, AdditionalProperties = new() { [ChatOptionKeys.Stream] = Stream(seed, item).Fork(PairStream), [ChatOptionKeys.Adapters] = served } };
            IReadOnlyList<ChatResponse> written = await sampler.SampleAsync(prompt, ImprovementPlan.Attempts, options, cancellationToken).ConfigureAwait(false);
            foreach (ChatResponse reply in written)
            {
                replies++;
                if (check.Reason(PairReader.Read(reply.Text), [], out SyntheticPair pair) is null)
                {
                    pairs[item.Id] = WrittenPair.Of(pair);
                    break;
                }
            }
        }

        return new PairBook(pairs, replies);
    }

    private Observation Observe(ExperimentItem item, ExperimentAnswer answer)
    {
        Dictionary<string, double> values = new() { ["adapted"] = answer.Details.GetValueOrDefault("adapted") is true ? 1 : 0 };
        if (answer.Details.GetValueOrDefault("margin") is double margin)
        {
            values[RankedMargins.Margin] = margin;
        }

        if (answer.Details.GetValueOrDefault("syntheticPairs") is IReadOnlyList<SyntheticPair> { Count: > 0 } pairs)
        {
            foreach ((string name, double value) in Labels(item, pairs[0].Question, pairs[0].Answer))
            {
                values[name] = value;
            }
        }

        foreach (string stage in new[] { "scoreMs", "synthesizeMs", "trainMs", "answerMs" })
        {
            if (answer.Details.GetValueOrDefault(stage) is double milliseconds)
            {
                values[stage] = milliseconds;
            }
        }

        return answer.ToObservation(values);
    }

    private async Task<Observation> AnswerAsync(ExperimentItem item, IReadOnlyList<AdapterUse> adapters, CancellationToken cancellationToken)
    {
        ChatOptions options = new() { Temperature = 0 };
        if (adapters.Count > 0)
        {
            options.AdditionalProperties = new() { [ChatOptionKeys.Adapters] = adapters };
        }

        ChatResponse response = await _client.GetResponseAsync([new ChatMessage(ChatRole.User, item.Question)], options, cancellationToken).ConfigureAwait(false);
        return new Observation
        {
            Correct = await laboratory.GradeAsync(item, response.Text, cancellationToken).ConfigureAwait(false),
            Response = response.Text,
            Calls = 1,
            PromptTokens = response.Usage?.InputTokenCount ?? 0,
            CompletionTokens = response.Usage?.OutputTokenCount ?? 0,
        };
    }

    // Whether the pair is right in itself, and whether it calls the function that the item asks for: a right pair of another function teaches something else.
    private Dictionary<string, double> Labels(ExperimentItem item, string question, string answer)
    {
        string? final = laboratory.Answers.Extract(answer);
        string? called = ToolQuestion.Call(final)?.Name;
        return new()
        {
            [RightLabel] = phrases.IsRight(question, final) ? 1 : 0,
            [SameFunction] = called is not null && called == ToolQuestion.Call(item.Answer)?.Name ? 1 : 0,
        };
    }

    // FNV-1a of the id: the stream belongs to the item, whatever order items run in.
    private static SampleStream Stream(ulong seed, ExperimentItem item)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in item.Id)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return new SampleStream(seed, hash);
    }
}
