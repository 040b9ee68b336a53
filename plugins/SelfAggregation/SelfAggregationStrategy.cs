using System.Runtime.CompilerServices;
using Agents.Reasoning;
using Agents.Strategies;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation;

/// <summary>
/// Generative self-aggregation (arXiv 2503.04104; papers/16 §2): sample n answers, put all of them in view, generate a new answer.
/// No selection, no score, no vote: the aggregate may agree with one candidate, mix several, or differ from all. Costs n + 1 calls.
/// </summary>
public sealed class SelfAggregationStrategy : IReasoningStrategy
{
    /// <summary>Id of the strategy.</summary>
    public const string Id = "self-aggregation";

    private const string Prompt = "self-aggregation/aggregate";
    private const int DefaultSamples = 3;
    private const double DefaultTemperature = 0.8;
    private const int DefaultReserve = 256;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        SelfAggregationSettings settings = Settings(context.Options);
        int samples = context.Options.Samples ?? DefaultSamples;
        double temperature = context.Options.Temperature ?? DefaultTemperature;

        // Stage 1: y_i ~ pi(. | P_task(x); T_s), i = 1..n, independent.
        IReadOnlyList<Candidate> sampled;
        using (IReasoningStep step = context.BeginStep("candidates"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            sampled = settings.CandidatesFrom is { } strategy
                ? await NestedAsync(task, step, strategy, samples, cancellationToken).ConfigureAwait(false)
                : settings.Diversity != DiversitySource.Temperature
                ? await DiverseSampler.SampleAsync(task, step, settings.Diversity, Math.Max(1, Math.Min(samples, step.Budget.RemainingCalls - 1)), temperature, cancellationToken).ConfigureAwait(false)
                : await CandidateSampler.SampleAsync(task, step, samples, reserve: 1, temperature, 0, cancellationToken).ConfigureAwait(false);
            if (settings.CandidatesFrom is null && settings.Diversity == DiversitySource.Temperature && settings.ResampleTemperature > temperature && !Agreed(sampled, settings) && AreOneText(sampled)
                && step.Budget.RemainingCalls > sampled.Count && !SoftLimit.Reached(step.Budget))
            {
                // Identical candidates make aggregation an expensive greedy run (papers/16 §6): one more try, hotter.
                sampled = await CandidateSampler.SampleAsync(task, step, sampled.Count, reserve: 1, settings.ResampleTemperature, 0, cancellationToken).ConfigureAwait(false);
            }

            yield return new StepFinishedUpdate(step.NodeId, $"{sampled.Count} candidates, {Vote.Of(sampled).Distinct} distinct answers");
        }

        Vote vote = Vote.Of(sampled);
        ReasoningAnswer draft = Answers.Of(vote, sampled);
        yield return new DraftUpdate(draft);
        if (Agreed(sampled, settings) || MustConclude(context))
        {
            yield return new AnswerUpdate(draft);
            yield break;
        }

        // Recursive extension (papers/16 §2.4): every candidate is rewritten from all of them, rounds - 1 times, at n calls a round.
        IReadOnlyList<Candidate> candidates = sampled;
        for (int round = 1; round < settings.Rounds && context.Budget.RemainingCalls > candidates.Count && !SoftLimit.Reached(context.Budget); round++)
        {
            using IReasoningStep step = context.BeginStep($"round {round}");
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            (IReadOnlyList<ChatMessage> prompt, Candidate[] shown) = Render(step, task, candidates, settings, round);
            if (shown.Length > 0)
            {
                candidates = await CandidateSampler.GroupAsync(
                    step, ModelRoles.Aggregator, prompt, candidates.Count, CandidateSampler.CallOptions(task, step, temperature), 0, cancellationToken).ConfigureAwait(false);
            }

            yield return new StepFinishedUpdate(step.NodeId, $"{candidates.Count} rewritten candidates");
            draft = Answers.Of(vote, sampled, Vote.Of(candidates).Winner ?? candidates[0]);
            yield return new DraftUpdate(draft);
        }

        if (MustConclude(context))
        {
            yield return new AnswerUpdate(draft);
            yield break;
        }

        // Stage 2: y* ~ pi(. | P_agg(x, y_1, ..., y_n)).
        using (IReasoningStep step = context.BeginStep("aggregate"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            (IReadOnlyList<ChatMessage> prompt, Candidate[] shown) = Render(step, task, candidates, settings, 0);
            if (shown.Length == 0 || !SoftLimit.Pays(step.Budget, prompt, shown.MaxBy(candidate => candidate.Text.Length)!.Text))
            {
                // Tool calls have no text to aggregate, and where not even one attempt fits the context the method is the plain answer (papers/16 §4).
                yield return new StepFinishedUpdate(step.NodeId, shown.Length == 0 ? "nothing to aggregate" : "too few tokens left");
                yield return new AnswerUpdate(draft);
                yield break;
            }

            ChatResponse? response = null;
            ChatOptions options = CandidateSampler.CallOptions(task, step, settings.AggregateTemperature);
            await foreach (ReasoningUpdate update in FinalCall.StreamAsync(step.Model(ModelRoles.Aggregator), prompt, options, value => response = value, cancellationToken).ConfigureAwait(false))
            {
                yield return update;
            }

            Candidate aggregate = CandidateSampler.Read(step, response!, candidates.Count);
            if (aggregate.Text.Length == 0 && aggregate.Message.Contents.All(content => content is TextContent or TextReasoningContent))
            {
                // The model only thought until it ran out of tokens: a sampled answer is better than none.
                yield return new StepFinishedUpdate(step.NodeId, "an empty answer");
                yield return new AnswerUpdate(draft);
                yield break;
            }

            bool novel = aggregate.Answer is not null && sampled.All(candidate => !context.Answers.Equivalent(candidate.Answer, aggregate.Answer));
            yield return new StepFinishedUpdate(step.NodeId, novel ? "a new answer" : aggregate.Answer is null ? "no final answer" : "agrees with a candidate");
            yield return new AnswerUpdate(Answers.Of(vote, sampled, aggregate).With(("novel", novel), ("shown", shown.Length)));
        }
    }

    // One after another: the calls of nested strategies would otherwise come into the trace in the order of their timing. Another one starts only where the budget would
    // pay for as many calls as the dearest so far and the aggregation; how many the first one makes is its own affair.
    private static async Task<IReadOnlyList<Candidate>> NestedAsync(ReasoningTask task, IReasoningStep step, string strategy, int samples, CancellationToken cancellationToken)
    {
        List<Candidate> candidates = [];
        int dearest = 0;
        while (candidates.Count == 0 || (candidates.Count < samples && step.Budget.RemainingCalls > dearest && !SoftLimit.Reached(step.Budget)))
        {
            int before = step.Budget.Used.Calls;
            ReasoningAnswer answer = await step.SolveAsync(strategy, task, step.Options with { Samples = null, Settings = null }, cancellationToken).ConfigureAwait(false);
            dearest = Math.Max(dearest, step.Budget.Used.Calls - before);
            candidates.AddRange(NestedCandidates.Read(step, answer, candidates.Count));
        }

        NestedCandidates.Note(step, candidates);
        return candidates;
    }

    private static bool Agreed(IReadOnlyList<Candidate> candidates, SelfAggregationSettings settings) =>
        settings.EarlyExit && Vote.Of(candidates).Votes == candidates.Count;

    private static bool AreOneText(IReadOnlyList<Candidate> candidates) => candidates.Count > 1 && CandidateList.Distinct(candidates).Length < 2;

    private static bool MustConclude(IReasoningContext context) => context.Budget.RemainingCalls < 1 || SoftLimit.Reached(context.Budget);

    private static (IReadOnlyList<ChatMessage> Messages, Candidate[] Shown) Render(
        IReasoningStep step, ReasoningTask task, IReadOnlyList<Candidate> candidates, SelfAggregationSettings settings, int round)
    {
        Candidate[] ordered = CandidateList.Ordered(candidates, settings.CandidateOrder, step.Random((ulong)round));
        int reserve = step.Options.MaxTokens ?? task.Options?.MaxOutputTokens ?? DefaultReserve;
        return CandidateList.Render(
            step, Prompt, ModelRoles.Aggregator, task, settings.Dedupe ? CandidateList.Distinct(ordered) : ordered, settings.MaxCandidateTokens, reserve);
    }

    private static SelfAggregationSettings Settings(StrategyOptions options)
    {
        SelfAggregationSettings settings = StrategySettings.Read(options, Id, new SelfAggregationSettings(), SettingsJson.Default.SelfAggregationSettings, SelfAggregationSettings.Descriptions);
        StrategySettings.Require(
            Id,
            (settings.Rounds is >= 1 and <= 8, $"rounds is {settings.Rounds}, it must lie in 1 … 8"),
            (StrategySettings.IsTemperature(settings.AggregateTemperature), $"aggregateTemperature is {settings.AggregateTemperature}, it must be at least 0"),
            (StrategySettings.IsTemperature(settings.ResampleTemperature), $"resampleTemperature is {settings.ResampleTemperature}, it must be at least 0"),
            (settings.MaxCandidateTokens is null or >= 16, $"maxCandidateTokens is {settings.MaxCandidateTokens}, it must be at least 16"),
            (Enum.IsDefined(settings.Diversity), $"diversity is {settings.Diversity}, it must be temperature, templates or languages"),
            (settings.CandidatesFrom is not "", "candidatesFrom is empty, name a strategy or leave it out"),
            (settings.CandidatesFrom is null || settings.Diversity == DiversitySource.Temperature, "diversity is given, but candidatesFrom names the strategy that decides about it"),
            (Enum.IsDefined(settings.CandidateOrder), $"candidateOrder is {settings.CandidateOrder}, it must be sampling, random or byLength"));
        return settings;
    }
}
