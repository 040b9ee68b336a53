using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Reasoning;
using Agents.Strategies;
using Agents.Strategies.Candidates;
using Agents.Strategies.Composition;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation;

/// <summary>
/// Generative self-aggregation (arXiv 2503.04104; papers/16 §2): sample n answers, put all of them in view, generate a new answer.
/// No selection, no score, no vote: the aggregate may agree with one candidate, mix several, or differ from all. Costs n · rounds + 1 calls, without the last one
/// where a vote concludes.
/// </summary>
public sealed class SelfAggregationStrategy : IReasoningStrategy
{
    /// <summary>Id of the strategy.</summary>
    public const string Id = "self-aggregation";

    private const int DefaultSamples = 3;
    private const double DefaultTemperature = 0.8;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        SelfAggregationSettings settings = Settings(context.Options);
        int samples = context.Options.Samples ?? DefaultSamples;
        double temperature = context.Options.Temperature ?? DefaultTemperature;

        var aggregation = new Aggregation(task, settings, temperature);

        // Stage 1: y_i ~ pi(. | P_task(x); T_s), i = 1..n, independent.
        IReadOnlyList<Candidate> sampled;
        using (IReasoningStep step = context.BeginStep("candidates"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            sampled = await SampleAsync(task, step, settings, samples, temperature, cancellationToken).ConfigureAwait(false);
            if (settings.CandidatesFrom is null && settings.ResampleTemperature > temperature && !Agreed(sampled, settings) && AreOneText(sampled)
                && step.Budget.RemainingCalls > sampled.Count && !SoftLimit.Reached(step.Budget))
            {
                // Identical candidates make aggregation an expensive greedy run (papers/16 §6): one more try, hotter.
                sampled = await SampleAsync(task, step, settings, sampled.Count, settings.ResampleTemperature, cancellationToken).ConfigureAwait(false);
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

        // Recursive extension (papers/16 §2.4): every candidate is rewritten from all of them or some, rounds - 1 times, at n calls a round.
        IReadOnlyList<Candidate> candidates = sampled;
        int reserve = settings.Conclude == Conclusion.Aggregate ? 1 : 0;
        for (int round = 1; round < settings.Rounds && context.Budget.RemainingCalls >= candidates.Count + reserve && !SoftLimit.Reached(context.Budget); round++)
        {
            using IReasoningStep step = context.BeginStep($"round {round}");
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            candidates = await aggregation.RewriteAsync(step, candidates, round, cancellationToken).ConfigureAwait(false);
            yield return new StepFinishedUpdate(step.NodeId, $"{candidates.Count} candidates, {Vote.Of(candidates).Distinct} distinct answers");
        }

        if (settings.Conclude == Conclusion.Vote)
        {
            Vote last = Vote.Of(candidates);
            Candidate winner = last.Winner ?? candidates[0];
            yield return new AnswerUpdate(Answers.Of(vote, sampled, winner).With(("novel", IsNovel(context, sampled, winner)), ("lastAgreement", last.Agreement)));
            yield break;
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
            (IReadOnlyList<ChatMessage> prompt, Candidate[] shown) = aggregation.Render(step, candidates, 0);
            if (Obstacle(step.Budget, prompt, candidates, shown, settings) is { } obstacle)
            {
                yield return new StepFinishedUpdate(step.NodeId, obstacle);
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

            bool novel = IsNovel(context, sampled, aggregate);
            yield return new StepFinishedUpdate(step.NodeId, novel ? "a new answer" : aggregate.Answer is null ? "no final answer" : "agrees with a candidate");
            yield return new AnswerUpdate(Answers.Of(vote, sampled, aggregate).With(("novel", novel), ("shown", shown.Length)));
        }
    }

    // One call is kept for the aggregation.
    private static Task<IReadOnlyList<Candidate>> SampleAsync(
        ReasoningTask task, IReasoningStep step, SelfAggregationSettings settings, int samples, double temperature, CancellationToken cancellationToken) =>
        settings.CandidatesFrom is { } source
            ? NestedCandidates.SampleAsync(task, step, source, samples, reserve: 1, cancellationToken)
            : settings.Diversity != DiversitySource.Temperature
            ? DiverseSampler.SampleAsync(task, step, settings.Diversity, Math.Max(1, Math.Min(samples, step.Budget.RemainingCalls - 1)), temperature, cancellationToken)
            : CandidateSampler.SampleAsync(task, step, samples, reserve: 1, temperature, 0, cancellationToken);

    // Tool calls have no text to aggregate. Where the context leaves one attempt of several, the method is the plain answer (papers/16 §4).
    private static string? Obstacle(IBudgetMeter budget, IReadOnlyList<ChatMessage> prompt, IReadOnlyList<Candidate> candidates, Candidate[] shown, SelfAggregationSettings settings)
    {
        Candidate[] readable = [.. candidates.Where(candidate => candidate.Text.Length > 0)];
        int expected = Math.Min(settings.Members ?? int.MaxValue, (settings.Dedupe ? CandidateList.Distinct(readable) : readable).Length);
        return shown.Length == 0 ? "nothing to aggregate"
            : shown.Length == 1 && expected > 1 ? "the context holds only one attempt"
            : !SoftLimit.Pays(budget, prompt, shown.MaxBy(candidate => candidate.Text.Length)!.Text) ? "too few tokens left"
            : null;
    }

    private static bool IsNovel(IReasoningContext context, IReadOnlyList<Candidate> sampled, Candidate answer) =>
        answer.Answer is not null && sampled.All(candidate => !context.Answers.Equivalent(candidate.Answer, answer.Answer));

    private static bool Agreed(IReadOnlyList<Candidate> candidates, SelfAggregationSettings settings) =>
        settings.EarlyExit && Vote.Of(candidates).Votes == candidates.Count;

    private static bool AreOneText(IReadOnlyList<Candidate> candidates) => candidates.Count > 1 && CandidateList.Distinct(candidates).Length < 2;

    private static bool MustConclude(IReasoningContext context) => context.Budget.RemainingCalls < 1 || SoftLimit.Reached(context.Budget);

    private static SelfAggregationSettings Settings(StrategyOptions options)
    {
        SelfAggregationSettings settings = StrategySettings.Read(options, Id, new SelfAggregationSettings(), SettingsJson.Default.SelfAggregationSettings, SelfAggregationSettings.Descriptions);
        new SettingRules(Id)
            .Require(settings.Rounds is >= 1 and <= 8, $"rounds is {settings.Rounds}, it must lie in 1 … 8")
            .Require(StrategySettings.IsTemperature(settings.AggregateTemperature), $"aggregateTemperature is {settings.AggregateTemperature}, it must be at least 0")
            .Require(StrategySettings.IsTemperature(settings.ResampleTemperature), $"resampleTemperature is {settings.ResampleTemperature}, it must be at least 0")
            .Require(settings.MaxCandidateTokens is null or >= 16, $"maxCandidateTokens is {settings.MaxCandidateTokens}, it must be at least 16")
            .Require(Enum.IsDefined(settings.Diversity), $"diversity is {settings.Diversity}, it must be temperature, templates or languages")
            .Require(settings.Members is null or >= 1, $"members is {settings.Members}, it must be at least 1")
            .Require(Enum.IsDefined(settings.Conclude), $"conclude is {settings.Conclude}, it must be aggregate or vote")
            .Require(settings.Conclude == Conclusion.Aggregate || settings.Rounds > 1, "conclude is vote, which needs rounds of at least 2: a vote over plain candidates is self-consistency")
            .Require(settings.CandidatesFrom?.Strategy is not "", "candidatesFrom is empty, name a strategy or leave it out")
            .Require(settings.CandidatesFrom is null || settings.Diversity == DiversitySource.Temperature, "diversity is given, but candidatesFrom names the strategy that decides about it")
            .Require(Enum.IsDefined(settings.CandidateOrder), $"candidateOrder is {settings.CandidateOrder}, it must be sampling, random or byLength")
            .ThrowIfBroken();
        return settings;
    }
}
