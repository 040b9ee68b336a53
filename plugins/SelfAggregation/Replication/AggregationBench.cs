using System.Text.Json;
using Agents.Plugins.SelfAggregation.Baselines;
using Agents.Reasoning;
using Agents.Replication;
using Agents.Strategies.Candidates;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Replication;

/// <summary>What the arms do with one question.</summary>
/// <param name="laboratory">Model, strategies, grading.</param>
internal sealed class AggregationBench(ILaboratory laboratory)
{
    /// <summary>Prompt of stage 2.</summary>
    public const string AggregatePrompt = "self-aggregation/aggregate";

    /// <summary>Prompt of the choice.</summary>
    public const string ChoosePrompt = "self-aggregation/choose";

    /// <summary>Returns the variables of both prompts.</summary>
    /// <param name="item">The question.</param>
    /// <param name="texts">The candidates.</param>
    public static Dictionary<string, object?> Variables(ExperimentItem item, IReadOnlyList<string> texts) => new()
    {
        ["question"] = item.Question,
        ["candidates"] = texts.Select(object? (text) => new Dictionary<string, object?> { ["text"] = text }).ToList(),
    };

    /// <summary>Samples the model without any adapter.</summary>
    /// <param name="item">The question.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<IReadOnlyList<ChatResponse>> SampleAsync(ExperimentItem item, ulong seed, int count, CancellationToken cancellationToken)
    {
        IGroupSampler sampler = laboratory.Model.Client.GetService<IGroupSampler>() ?? throw new NotSupportedException($"The model {laboratory.Model.Name} samples no groups.");
        return sampler.SampleAsync([new ChatMessage(ChatRole.User, item.Question)], count, Options(item, seed, AggregationScale.Temperature, null), cancellationToken);
    }

    /// <summary>One greedy answer.</summary>
    public async Task<Observation> GreedyAsync(ExperimentItem item, ExperimentAdapter? adapter, ulong seed, CancellationToken cancellationToken) =>
        (await RunAsync("direct", null, 1, 0, Adapters(adapter), item, seed, cancellationToken).ConfigureAwait(false)).ToObservation();

    /// <summary>A vote over four samples. The first three are the candidates of the other arms, so the fourth says what one more sample would have recovered.</summary>
    public async Task<Observation> VoteAsync(ExperimentItem item, ExperimentAdapter? adapter, ulong seed, CancellationToken cancellationToken)
    {
        ExperimentAnswer answer = await RunAsync(
            "self-consistency", null, AggregationScale.Candidates + 1, AggregationScale.Temperature, Adapters(adapter), item, seed, cancellationToken).ConfigureAwait(false);
        bool[] grades = await GradesAsync(item, answer.Trace, cancellationToken).ConfigureAwait(false);
        Dictionary<string, double> values = [];
        if (grades.Length > AggregationScale.Candidates && !grades.Take(AggregationScale.Candidates).Any(grade => grade))
        {
            values["freshRecovered"] = grades[AggregationScale.Candidates] ? 1 : 0;
        }

        return answer.ToObservation(values);
    }

    /// <summary>Three samples and the model's choice.</summary>
    public async Task<Observation> ChooseAsync(ExperimentItem item, ExperimentAdapter chooser, ulong seed, CancellationToken cancellationToken)
    {
        JsonElement settings = JsonSerializer.SerializeToElement(new ChoosingSettings(), SettingsJson.Default.ChoosingSettings);
        var adapters = new Dictionary<string, ExperimentAdapter> { [ModelRoles.Selector] = chooser };
        ExperimentAnswer answer = await RunAsync(
            "universal-self-consistency", settings, AggregationScale.Candidates, AggregationScale.Temperature, adapters, item, seed, cancellationToken).ConfigureAwait(false);
        return answer.ToObservation();
    }

    /// <summary>Three samples and an aggregation.</summary>
    /// <param name="item">The question.</param>
    /// <param name="aggregator">Adapter of the aggregator; null for the untrained model.</param>
    /// <param name="order">Order of the candidates.</param>
    /// <param name="temperature">Temperature of the samples.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Observation> AggregateAsync(
        ExperimentItem item, ExperimentAdapter? aggregator, CandidateOrder order, double temperature, ulong seed, CancellationToken cancellationToken)
    {
        // Drawing identical candidates again would leave the equal number of calls.
        var settings = new SelfAggregationSettings(CandidateOrder: order, ResampleTemperature: 0);
        IReadOnlyDictionary<string, ExperimentAdapter> adapters = aggregator is null ? new Dictionary<string, ExperimentAdapter>() : new Dictionary<string, ExperimentAdapter> { [ModelRoles.Aggregator] = aggregator };
        ExperimentAnswer answer = await RunAsync(
            SelfAggregationStrategy.Id, JsonSerializer.SerializeToElement(settings, SettingsJson.Default.SelfAggregationSettings), AggregationScale.Candidates, temperature, adapters, item, seed, cancellationToken).ConfigureAwait(false);
        bool[] grades = await GradesAsync(item, answer.Trace, cancellationToken).ConfigureAwait(false);
        string[] texts = [.. Samples(answer.Trace).Select(node => node.Text!)];
        Dictionary<string, double> values = new()
        {
            ["anyRight"] = grades.Any(grade => grade) ? 1 : 0,
            ["allRight"] = grades.All(grade => grade) ? 1 : 0,
            ["diversity"] = CandidateDiversity.MeanDistance(texts),
            ["distinct"] = texts.Length == 0 ? 0 : texts.Select(text => laboratory.Answers.Extract(text) is { } found ? laboratory.Answers.Canonicalize(found) : "").Distinct(StringComparer.Ordinal).Count() / (double)texts.Length,
        };
        if (answer.Details.TryGetValue("agreement", out object? agreement) && agreement is double share)
        {
            values["agreement"] = share;
        }

        if (answer.Details.TryGetValue("novel", out object? novel) && novel is bool isNew)
        {
            values["novel"] = isNew ? 1 : 0;
        }

        bool right = answer.Correct == true;
        values[grades.Any(grade => grade) ? "kept" : "recovered"] = right ? 1 : 0;
        return answer.ToObservation(values);
    }

    /// <summary>Control (i): the same aggregator reads the candidates of another question.</summary>
    /// <param name="item">The question.</param>
    /// <param name="other">The question whose candidates are shown.</param>
    /// <param name="aggregator">Adapter of the aggregator.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Observation> BlankAsync(ExperimentItem item, ExperimentItem other, ExperimentAdapter aggregator, ulong seed, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatResponse> foreign = await SampleAsync(other, seed, AggregationScale.Candidates, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ChatMessage> prompt = laboratory.Prompt(AggregatePrompt, Variables(item, [.. foreign.Select(response => VisibleText.Of(response.Text))]));
        ChatResponse response = await laboratory.Model.Client.GetResponseAsync(prompt, Options(item, seed, 0, aggregator), cancellationToken).ConfigureAwait(false);
        return new Observation
        {
            Correct = await laboratory.GradeAsync(item, response.Text, cancellationToken).ConfigureAwait(false),
            Response = response.Text,
            Calls = foreign.Count + 1,
            PromptTokens = foreign.Append(response).Sum(one => one.Usage?.InputTokenCount ?? 0),
            CompletionTokens = foreign.Append(response).Sum(one => one.Usage?.OutputTokenCount ?? 0),
        };
    }

    private static Dictionary<string, ExperimentAdapter> Adapters(ExperimentAdapter? adapter) => adapter is null ? [] : new() { [ModelRoles.Default] = adapter };

    private static ChatOptions Options(ExperimentItem item, ulong seed, double temperature, ExperimentAdapter? adapter)
    {
        AdditionalPropertiesDictionary properties = new() { [ChatOptionKeys.Stream] = new SampleStream(seed, ItemHash.Of(item)) };
        if (adapter is not null)
        {
            properties[ChatOptionKeys.Adapters] = adapter.Id;
        }

        return new ChatOptions { Temperature = (float)temperature, MaxOutputTokens = AggregationScale.MaximumTokens, AdditionalProperties = properties };
    }

    private static IEnumerable<TraceNode> Samples(IReadOnlyList<TraceNode> trace) => trace.Where(node => node is { Kind: TraceNodeKind.Call, Role: ModelRoles.Default, Text: not null });

    private async Task<bool[]> GradesAsync(ExperimentItem item, IReadOnlyList<TraceNode> trace, CancellationToken cancellationToken)
    {
        List<bool> grades = [];
        foreach (TraceNode node in Samples(trace))
        {
            grades.Add(await laboratory.GradeAsync(item, node.Text!, cancellationToken).ConfigureAwait(false) == true);
        }

        return [.. grades];
    }

    private Task<ExperimentAnswer> RunAsync(
        string strategy, JsonElement? settings, int samples, double temperature, IReadOnlyDictionary<string, ExperimentAdapter> adapters, ExperimentItem item, ulong seed, CancellationToken cancellationToken) =>
        laboratory.AnswerAsync(
            new StrategyRun(strategy)
            {
                Options = new StrategyOptions { Samples = samples, Temperature = temperature, MaxTokens = AggregationScale.MaximumTokens, Settings = settings }, Adapters = adapters,
            },
            item, seed, cancellationToken);
}
