using System.Text.Json;
using Agents.Models;
using Agents.Reasoning;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>Lets the writer write problems by each method, N at temperature 1.</summary>
/// <param name="laboratory">Model, strategies, memory.</param>
/// <param name="count">Problems per method, N.</param>
/// <param name="asked">Item that carries the request.</param>
internal sealed class ProblemWriter(ILaboratory laboratory, int count, ExperimentItem asked)
{
    private const int Chunk = 100;
    private const int ProblemTokens = 40;
    private const int ListTokens = ProblemTokens * ListingScale.ListLength;
    private readonly IGroupSampler _sampler = laboratory.Model.Client.GetService<IGroupSampler>() ?? throw new NotSupportedException($"The model {laboratory.Model.Name} samples no groups.");

    /// <summary>Writes one problem per call.</summary>
    /// <param name="writer">The writer's adapter.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<string[]> DirectAsync(ExperimentAdapter writer, ulong seed, CancellationToken cancellationToken) =>
        [.. (await SampleAsync(ListingPrompts.Instance(asked), count, ProblemTokens, writer, seed, cancellationToken).ConfigureAwait(false)).Select(text => text.Trim())];

    /// <summary>Writes plain lists.</summary>
    /// <param name="writer">The writer's adapter.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<string[]> PlainAsync(ExperimentAdapter writer, ulong seed, CancellationToken cancellationToken) =>
        [.. (await SampleAsync(ListingPrompts.Typical(asked), count / ListingScale.ListLength, ListTokens, writer, seed, cancellationToken).ConfigureAwait(false))
            .SelectMany(text => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Writes lists with probabilities, by the strategy; all candidates are taken.</summary>
    /// <param name="writer">The writer's adapter.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<string[]> VerbalizedAsync(ExperimentAdapter writer, ulong seed, CancellationToken cancellationToken)
    {
        StrategyRun run = new(VerbalizedSamplingStrategy.Id)
        {
            Options = new StrategyOptions { Samples = count, Temperature = 1, MaxTokens = ListTokens, Settings = JsonSerializer.SerializeToElement(ListingPrompts.Settings(null), SettingsJson.Default.VerbalizedSamplingSettings) },
            Adapters = new Dictionary<string, ExperimentAdapter> { [ModelRoles.Default] = writer },
        };
        ExperimentAnswer answer;
        try
        {
            answer = await laboratory.AnswerAsync(run, asked, seed, cancellationToken).ConfigureAwait(false);
        }
        catch (UnreadableListException)
        {
            // A writer that lost the format wrote no problem: its students learn nothing.
            return [];
        }

        return [.. ((WeightedCandidates)answer.Details[WeightedCandidates.DetailName]!).Items.OrderBy(candidate => candidate.Call).Select(candidate => candidate.Text)];
    }

    private async Task<List<string>> SampleAsync(IReadOnlyList<ChatMessage> prompt, int responses, int tokens, ExperimentAdapter writer, ulong seed, CancellationToken cancellationToken)
    {
        List<string> texts = new(responses);
        while (texts.Count < responses)
        {
            IReadOnlyList<ChatResponse> sampled = await _sampler.SampleAsync(prompt, Math.Min(Chunk, responses - texts.Count), new ChatOptions
            {
                Temperature = 1,
                MaxOutputTokens = tokens,
                AdditionalProperties = new AdditionalPropertiesDictionary { [ChatOptionKeys.Adapters] = writer.Id, [ChatOptionKeys.Stream] = new SampleStream(seed, (ulong)texts.Count, 5) },
            }, cancellationToken).ConfigureAwait(false);
            texts.AddRange(sampled.Select(response => response.Text));
        }

        return texts;
    }
}
