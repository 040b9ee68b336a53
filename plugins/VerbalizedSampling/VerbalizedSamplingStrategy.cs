using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Plugins.VerbalizedSampling.Diversity;
using Agents.Plugins.VerbalizedSampling.Prompting;
using Agents.Plugins.VerbalizedSampling.Weights;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling;

/// <summary>
/// Verbalized sampling (arXiv 2510.01171; papers/51): asks for several answers together with their probabilities, which undoes the collapse of aligned models onto their
/// most typical answer, and draws one of them. The details of the answer hold all of them as <see cref="WeightedCandidates"/>. Costs ⌈N / k⌉ calls.
/// </summary>
public sealed class VerbalizedSamplingStrategy : IReasoningStrategy
{
    /// <summary>Id of the strategy.</summary>
    public const string Id = "verbalized-sampling";

    private const double DefaultTemperature = 0.9;

    // A stream of its own: drawing must not move the streams of calls.
    private const ulong Drawing = 51;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        VerbalizedSamplingSettings settings = VerbalizedSamplingSettings.Read(context.Options);
        int wanted = context.Options.Samples ?? settings.Candidates;
        double temperature = context.Options.Temperature ?? DefaultTemperature;
        ReasoningAnswer answer;
        using (IReasoningStep step = context.BeginStep("lists"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            var sampler = new ListSampler(task, step, settings, temperature, ListRequest.IsStructured(step, task, settings));
            if (settings.Variant == VerbalizedVariant.Multi)
            {
                await foreach (int _ in sampler.ConverseAsync(wanted, cancellationToken).ConfigureAwait(false))
                {
                    yield return new DraftUpdate(Select(context, Table(sampler, settings), settings, sampler));
                }
            }
            else
            {
                await sampler.SampleAsync(wanted, cancellationToken).ConfigureAwait(false);
            }

            if (sampler.Candidates.Count == 0)
            {
                throw sampler.Failure();
            }

            WeightedCandidates candidates = Table(sampler, settings);
            answer = Select(context, candidates, settings, sampler);
            yield return new StepFinishedUpdate(step.NodeId, string.Create(
                CultureInfo.InvariantCulture, $"{candidates.Items.Count} answers in {sampler.Lists} lists, {candidates.Repaired} weights repaired, {sampler.Unreadable} replies without a list"));
        }

        yield return new AnswerUpdate(answer);
    }

    private static WeightedCandidates Table(ListSampler sampler, VerbalizedSamplingSettings settings) =>
        WeightTable.Create(sampler.Candidates, settings.Weights, settings.MinWeight, settings.KeepAtLeast);

    private static ReasoningAnswer Select(IReasoningContext context, WeightedCandidates candidates, VerbalizedSamplingSettings settings, ListSampler sampler)
    {
        SampleStream random = context.Random(Drawing);
        WeightedCandidate? chosen = settings.Select switch
        {
            SelectionMode.Sample => candidates.Draw(ref random),
            SelectionMode.Argmax => candidates.Items[0],
            SelectionMode.Uniform => candidates.Items[random.NextInt(candidates.Items.Count)],
            _ => null,
        };
        string text = chosen?.Text ?? string.Join('\n', candidates.Items.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Weight:0.00} {item.Text}")));

        // Lists hold bare answers, which carry no label that an answer could be found by.
        string? final = context.Answers.Extract(text) ?? (chosen is not null && !text.Contains('\n') ? text : null);
        return new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, text))
        {
            FinalAnswer = final,
            Details = Answers.Figures(
                (WeightedCandidates.DetailName, candidates), ("candidates", candidates.Items.Count), ("distinct", Distinct(candidates.Items, context.Answers)), ("entropy", Entropy(candidates.Items)),
                ("weight", chosen?.Weight), ("repaired", candidates.Repaired), ("missing", candidates.Missing), ("unreadable", sampler.Unreadable)),
        };
    }

    private static int Distinct(IReadOnlyList<WeightedCandidate> items, IAnswerFormat answers)
    {
        var seen = new string[items.Count];
        int distinct = 0;
        for (int i = 0; i < seen.Length; i++)
        {
            string answer = answers.Canonicalize(answers.Extract(items[i].Text) ?? items[i].Text);
            if (!seen.AsSpan(0, distinct).Contains(answer))
            {
                seen[distinct++] = answer;
            }
        }

        return distinct;
    }

    private static double Entropy(IReadOnlyList<WeightedCandidate> items)
    {
        double sum = 0;
        for (int i = 0; i < items.Count; i++)
        {
            sum += Distributions.Term(items[i].Weight);
        }

        return -sum;
    }
}
