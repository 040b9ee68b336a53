using Agents.Plugins.VerbalizedSampling.Typicality;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>Preferences of raters who find all right answers equally good and break ties towards what the base model finds likely (papers/51 §2.1).</summary>
/// <param name="bench">Scores and samples with the base model.</param>
/// <param name="start">Adapter of the base model.</param>
internal sealed class TypicalityPairs(ListingBench bench, ExperimentAdapter start)
{
    private const int ListsPerPrompt = 4;

    /// <summary>Makes pairs of single answers; both answers are drawn evenly, so that rare ones are compared too.</summary>
    /// <param name="items">Training items.</param>
    /// <param name="count">Pairs.</param>
    /// <param name="seed">Decides answers and votes.</param>
    /// <param name="cancellationToken">Stops the scoring.</param>
    public async Task<RatedPair[]> InstancesAsync(IReadOnlyList<ExperimentItem> items, int count, ulong seed, CancellationToken cancellationToken)
    {
        List<RatedPair> pairs = new(count);
        int perItem = Math.Max(1, (count + items.Count - 1) / items.Count);
        for (int i = 0; pairs.Count < count; i++)
        {
            ExperimentItem item = items[i % items.Count];
            string[] answers = [.. item.Distribution.Keys];
            IReadOnlyList<double> scores = await bench.ScoreAsync(item, answers, start, cancellationToken).ConfigureAwait(false);
            SampleStream stream = new(seed, (ulong)i, 1);
            for (int j = 0; j < perItem && pairs.Count < count; j++)
            {
                int first = stream.NextInt(answers.Length);
                int second = (first + 1 + stream.NextInt(answers.Length - 1)) % answers.Length;
                pairs.Add(Vote(i % items.Count, ListingPrompts.Response(item, answers[first]), ListingPrompts.Response(item, answers[second]), scores[first] - scores[second], ref stream));
            }
        }

        return [.. pairs];
    }

    /// <summary>Makes pairs of lists with probabilities, sampled from the base model.</summary>
    /// <param name="laboratory">Renders the prompt.</param>
    /// <param name="items">Training items.</param>
    /// <param name="count">Pairs.</param>
    /// <param name="seed">Decides samples and votes.</param>
    /// <param name="cancellationToken">Stops the sampling.</param>
    public async Task<RatedPair[]> ListsAsync(ILaboratory laboratory, IReadOnlyList<ExperimentItem> items, int count, ulong seed, CancellationToken cancellationToken)
    {
        List<RatedPair> pairs = new(count);
        for (int i = 0; pairs.Count < count; i++)
        {
            ExperimentItem item = items[i % items.Count];
            IReadOnlyList<ChatMessage> prompt = ListingPrompts.Verbalized(laboratory, item, null);
            IReadOnlyList<ChatResponse> responses = await bench.SampleAsync(prompt, start, item, seed + (ulong)(i / items.Count), ListsPerPrompt, cancellationToken).ConfigureAwait(false);
            string[] lists = [.. responses.Select(response => response.Text).Where(text => text.Length > 0).Distinct()];
            if (lists.Length < 2)
            {
                continue;
            }

            IReadOnlyList<double> scores = await bench.ScoreAsync(prompt, lists, start, cancellationToken).ConfigureAwait(false);
            SampleStream stream = new(seed, (ulong)i, 2);
            for (int j = 1; j < lists.Length && pairs.Count < count; j++)
            {
                pairs.Add(Vote(i % items.Count, lists[0], lists[j], scores[0] - scores[j], ref stream));
            }
        }

        return [.. pairs];
    }

    private static RatedPair Vote(int item, string first, string second, double difference, ref SampleStream stream) =>
        stream.NextUnit() < TypicalityLaw.PreferenceProbability(ListingScale.Alpha, difference) ? new(item, first, second) : new(item, second, first);
}
