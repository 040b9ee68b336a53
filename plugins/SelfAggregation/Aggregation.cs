using Agents.Budgets;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Plugins.SelfAggregation;

/// <summary>Aggregations of one request: which candidates each one reads, in which order, and the rounds that rewrite all of them (papers/16 §2.4).</summary>
internal sealed class Aggregation(ReasoningTask task, SelfAggregationSettings settings, double temperature)
{
    private const string Prompt = "self-aggregation/aggregate";
    private const int DefaultReserve = 256;

    // Streams of their own: drawing members must move neither the streams of calls nor those of orders.
    private const ulong Drawing = 16_000;

    /// <summary>Renders an aggregation.</summary>
    /// <param name="step">Step that will make the call.</param>
    /// <param name="candidates">All candidates.</param>
    /// <param name="round">Round, from 1; 0 for the last aggregation.</param>
    /// <param name="place">Which aggregation of the round.</param>
    /// <returns>The prompt and the candidates that it shows.</returns>
    public (IReadOnlyList<ChatMessage> Messages, Candidate[] Shown) Render(IReasoningStep step, IReadOnlyList<Candidate> candidates, int round, int place = 0)
    {
        Candidate[] read = Members(step, candidates, ((ulong)round << 32) + (ulong)place);
        Candidate[] ordered = CandidateList.Ordered(read, settings.CandidateOrder, step.Random((ulong)round + ((ulong)place << 32)));
        int reserve = step.Options.MaxTokens ?? task.Options?.MaxOutputTokens ?? DefaultReserve;
        return CandidateList.Render(
            step, Prompt, ModelRoles.Aggregator, task, settings.Dedupe ? CandidateList.Distinct(ordered) : ordered, settings.MaxCandidateTokens, reserve);
    }

    /// <summary>Replaces every candidate by an aggregation. One whose call fails or brings no text stays as it is.</summary>
    /// <param name="step">Step of the round.</param>
    /// <param name="candidates">All candidates.</param>
    /// <param name="round">Round, from 1.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public async Task<IReadOnlyList<Candidate>> RewriteAsync(IReasoningStep step, IReadOnlyList<Candidate> candidates, int round, CancellationToken cancellationToken)
    {
        ChatOptions options = CandidateSampler.CallOptions(task, step, temperature);
        if (!Draws(candidates))
        {
            // All read the same, so their prompt is computed once.
            (IReadOnlyList<ChatMessage> prompt, Candidate[] shown) = Render(step, candidates, round);
            return shown.Length == 0
                ? candidates
                : await CandidateSampler.GroupAsync(step, ModelRoles.Aggregator, prompt, candidates.Count, options, 0, cancellationToken).ConfigureAwait(false);
        }

        // Started in order, so that the streams of the calls do not depend on timing.
        var calls = new Task<Candidate>[candidates.Count];
        for (int i = 0; i < calls.Length; i++)
        {
            calls[i] = ReplaceAsync(step, candidates, i, round, CandidateSampler.Together(options, calls.Length - i), cancellationToken);
        }

        return await Task.WhenAll(calls).ConfigureAwait(false);
    }

    private async Task<Candidate> ReplaceAsync(
        IReasoningStep step, IReadOnlyList<Candidate> candidates, int place, int round, ChatOptions options, CancellationToken cancellationToken)
    {
        (IReadOnlyList<ChatMessage> prompt, Candidate[] shown) = Render(step, candidates, round, place);
        if (shown.Length == 0)
        {
            return candidates[place];
        }

        try
        {
            ChatResponse response = await step.Model(ModelRoles.Aggregator).GetResponseAsync(prompt, options, cancellationToken).ConfigureAwait(false);
            Candidate written = CandidateSampler.Read(step, response, place);
            return written.Text.Length > 0 ? written : candidates[place];
        }
        catch (Exception error) when (error is not (OperationCanceledException or BudgetExceededException))
        {
            step.Logger.LogWarning(error, "Candidate {Place} was not rewritten in round {Round}.", place + 1, round);
            return candidates[place];
        }
    }

    private bool Draws(IReadOnlyList<Candidate> candidates) => settings.Members is { } members && members < candidates.Count;

    private Candidate[] Members(IReasoningStep step, IReadOnlyList<Candidate> candidates, ulong stream)
    {
        Candidate[] all = [.. candidates];
        if (!Draws(candidates))
        {
            return all;
        }

        SampleStream random = step.Random(Drawing + stream);
        random.Shuffle(all.AsSpan());

        // Which ones is drawn; their order is that of sampling, as without drawing.
        return [.. all.Take(settings.Members!.Value).OrderBy(candidate => candidate.Index)];
    }
}
