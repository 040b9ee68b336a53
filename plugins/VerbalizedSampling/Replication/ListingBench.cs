using System.Text.Json;
using Agents.Models;
using Agents.Plugins.VerbalizedSampling.Typicality;
using Agents.Reasoning;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>The measurements of the check on one question: what each method says, and how sharp the instance prompt is.</summary>
/// <param name="laboratory">Model, strategies, grading.</param>
/// <param name="scale">Sizes.</param>
internal sealed class ListingBench(ILaboratory laboratory, ListingScale scale)
{
    private const int LineTokens = 16;
    private const int MaximumTokens = LineTokens * (ListingScale.ListLength + 1);
    private readonly IGroupSampler _sampler = laboratory.Model.Client.GetService<IGroupSampler>() ?? throw new NotSupportedException($"The model {laboratory.Model.Name} samples no groups.");
    private readonly IConversationEncoder _encoder = laboratory.Model.Client.GetService<IConversationEncoder>() ?? throw new NotSupportedException($"The model {laboratory.Model.Name} does not encode conversations.");

    /// <summary>N single answers.</summary>
    /// <param name="item">The question.</param>
    /// <param name="adapter">The model's adapter.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Observation> DirectAsync(ExperimentItem item, ExperimentAdapter adapter, ulong seed, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatResponse> responses = await SampleAsync(ListingPrompts.Instance(item), adapter, item, seed, scale.Responses, cancellationToken).ConfigureAwait(false);
        return Tally(item, responses, [.. responses.Select(response => laboratory.Answers.Extract(response.Text) ?? "")]);
    }

    /// <summary>N / k plain lists.</summary>
    /// <param name="prompt">How the list is asked for.</param>
    /// <param name="item">The question.</param>
    /// <param name="adapter">The model's adapter.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Observation> ListsAsync(
        Func<ExperimentItem, IReadOnlyList<ChatMessage>> prompt, ExperimentItem item, ExperimentAdapter adapter, ulong seed, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatResponse> responses = await SampleAsync(prompt(item), adapter, item, seed, scale.Responses / ListingScale.ListLength, cancellationToken).ConfigureAwait(false);
        return Tally(item, responses, [.. responses.SelectMany(response => response.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]);
    }

    /// <summary>N / k lists with probabilities, by the strategy.</summary>
    /// <param name="item">The question.</param>
    /// <param name="adapter">The model's adapter.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="tail">Tail threshold; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Observation> VerbalizedAsync(ExperimentItem item, ExperimentAdapter adapter, ulong seed, double? tail, CancellationToken cancellationToken)
    {
        StrategyRun run = new(VerbalizedSamplingStrategy.Id)
        {
            Options = new StrategyOptions { Samples = scale.Responses, Temperature = 1, MaxTokens = MaximumTokens, Settings = JsonSerializer.SerializeToElement(ListingPrompts.Settings(tail), SettingsJson.Default.VerbalizedSamplingSettings) },
            Adapters = new Dictionary<string, ExperimentAdapter> { [ModelRoles.Default] = adapter },
        };
        ExperimentAnswer answer;
        try
        {
            answer = await laboratory.AnswerAsync(run, item, seed, cancellationToken).ConfigureAwait(false);
        }
        catch (UnreadableListException)
        {
            // A model that lost the format says nothing about the distribution of its answers; how often that happens is a figure of its own.
            return new Observation { Calls = scale.Responses / ListingScale.ListLength, Values = new Dictionary<string, double> { [ListingArms.Unreadable] = 1 } };
        }

        WeightedCandidates candidates = (WeightedCandidates)answer.Details[WeightedCandidates.DetailName]!;
        string[] texts = [.. candidates.Items.Select(candidate => candidate.Text)];
        Dictionary<string, double> figures = AnswerTally.Figures(item.Distribution, AnswerTally.Pooled(item.Distribution, candidates), texts);
        figures["klStated"] = AnswerTally.Divergence(item.Distribution, AnswerTally.Stated(item.Distribution, candidates), texts.Length);
        figures["klAveraged"] = AnswerTally.Divergence(item.Distribution, AnswerTally.Averaged(item.Distribution, candidates), texts.Length);
        figures["klCounted"] = AnswerTally.Divergence(item.Distribution, AnswerTally.Count(item.Distribution, texts), texts.Length);
        figures["countedTrueLogProbability"] = texts.Where(item.Distribution.ContainsKey).Select(text => Math.Log(item.Distribution[text])).DefaultIfEmpty(0).Average();
        figures["missingWeights"] = candidates.Missing / (double)candidates.Items.Count;
        return answer.ToObservation(figures) with { Correct = null, Response = "" };
    }

    /// <summary>Fits the aligned model's log-probabilities of all right answers on the base model's: the slope is gamma.</summary>
    /// <param name="item">The question.</param>
    /// <param name="before">Adapter of the base model.</param>
    /// <param name="after">Adapter of the aligned model.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Observation> GammaAsync(ExperimentItem item, ExperimentAdapter before, ExperimentAdapter after, CancellationToken cancellationToken)
    {
        string[] answers = [.. item.Distribution.Keys];
        IReadOnlyList<double> x = await ScoreAsync(item, answers, before, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<double> y = await ScoreAsync(item, answers, after, cancellationToken).ConfigureAwait(false);
        return new Observation
        {
            Values = new Dictionary<string, double>
            {
                ["gamma"] = TypicalityAnalyzer.EstimateGamma(x, y).Value,
                ["baseSlope"] = TypicalityAnalyzer.EstimateGamma([.. item.Distribution.Values.Select(value => Math.Log(value))], x).Value,
                ["baseMass"] = x.Sum(Math.Exp),
                ["alignedMass"] = y.Sum(Math.Exp),
            },
        };
    }

    /// <summary>Scores answers to the instance prompt as complete responses.</summary>
    /// <param name="item">The question.</param>
    /// <param name="answers">The answers.</param>
    /// <param name="adapter">The model's adapter.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<IReadOnlyList<double>> ScoreAsync(ExperimentItem item, IReadOnlyList<string> answers, ExperimentAdapter adapter, CancellationToken cancellationToken) =>
        ScoreAsync(ListingPrompts.Instance(item), [.. answers.Select(answer => ListingPrompts.Response(item, answer))], adapter, cancellationToken);

    /// <summary>Scores responses to a prompt, the end of the turn included.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="responses">The responses.</param>
    /// <param name="adapter">The model's adapter.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Sums of log-probabilities.</returns>
    public async Task<IReadOnlyList<double>> ScoreAsync(IReadOnlyList<ChatMessage> prompt, IReadOnlyList<string> responses, ExperimentAdapter adapter, CancellationToken cancellationToken)
    {
        EncodedConversation[] encoded = [.. responses.Select(response => _encoder.EncodeTarget(prompt, new ChatMessage(ChatRole.Assistant, response)))];
        ScoreRequest request = new(encoded[0].PromptTokenIds, [.. encoded.Select(one => one.TargetTokenIds)]) { Adapters = [new AdapterUse(adapter.Id)] };
        IReadOnlyList<float[]> scores = await laboratory.Model.Language.ScoreAsync(request, cancellationToken).ConfigureAwait(false);
        return [.. scores.Select(tokens => tokens.Sum(value => (double)value))];
    }

    /// <summary>Samples responses to a prompt at temperature 1.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="adapter">The model's adapter.</param>
    /// <param name="item">With the seed, decides the random streams.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<IReadOnlyList<ChatResponse>> SampleAsync(
        IReadOnlyList<ChatMessage> prompt, ExperimentAdapter adapter, ExperimentItem item, ulong seed, int count, CancellationToken cancellationToken) =>
        _sampler.SampleAsync(prompt, count, new ChatOptions
        {
            Temperature = 1,
            MaxOutputTokens = MaximumTokens,
            AdditionalProperties = new AdditionalPropertiesDictionary { [ChatOptionKeys.Adapters] = adapter.Id, [ChatOptionKeys.Stream] = new SampleStream(seed, Hash(item.Id)) },
        }, cancellationToken);

    private static Observation Tally(ExperimentItem item, IReadOnlyList<ChatResponse> responses, string[] answers) => new()
    {
        Calls = responses.Count,
        PromptTokens = responses.Sum(response => response.Usage?.InputTokenCount ?? 0),
        CompletionTokens = responses.Sum(response => response.Usage?.OutputTokenCount ?? 0),
        Values = AnswerTally.Figures(item.Distribution, AnswerTally.Count(item.Distribution, answers), answers),
    };

    // The same in every process, unlike the hash code of a string (64-bit FNV-1a).
    private static ulong Hash(string text) => text.Aggregate(14695981039346656037, (hash, unit) => (hash ^ unit) * 1099511628211);
}
