using System.Runtime.CompilerServices;
using Agents.Plugins.SelfAggregation.Candidates;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation;

/// <summary>
/// Generative self-aggregation (arXiv 2503.04104; papers/16 §2): sample n answers, put all of them in view, generate a new answer.
/// No selection, no score, no vote: the aggregate may agree with one candidate, mix several, or differ from all.
/// </summary>
public sealed class SelfAggregationStrategy : IReasoningStrategy
{
    /// <summary>Id of the strategy.</summary>
    public const string Id = "self-aggregation";

    private const string Prompt = "self-aggregation/aggregate";
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

        // Stage 1: y_i ~ pi(. | P_task(x); T_s), i = 1..n, independent.
        IReadOnlyList<Candidate> candidates;
        using (IReasoningStep step = context.BeginStep("candidates"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            candidates = await CandidateSampler.SampleAsync(task, step, samples, reserve: 1, temperature, cancellationToken).ConfigureAwait(false);
            if (settings.ResampleTemperature > 0 && candidates.Count > 1 && CandidateList.Distinct(candidates).Length < 2 && step.Budget.RemainingCalls > candidates.Count)
            {
                // Identical candidates make aggregation an expensive greedy run (papers/16 §6): one more try, hotter.
                candidates = await CandidateSampler.SampleAsync(task, step, samples, reserve: 1, settings.ResampleTemperature, cancellationToken).ConfigureAwait(false);
            }

            yield return new StepFinishedUpdate(step.NodeId, $"{candidates.Count} candidates, {Vote.Of(candidates).Distinct} distinct answers");
        }

        Vote vote = Vote.Of(candidates);
        ReasoningAnswer draft = Answers.Of(context, vote.Winner ?? candidates[0], vote, candidates);
        yield return new DraftUpdate(draft);
        if (context.Budget.SoftLimitReached || (settings.EarlyExit && vote.Votes == candidates.Count))
        {
            yield return new AnswerUpdate(draft);
            yield break;
        }

        // Recursive extension (papers/16 §2.4): every candidate is rewritten from all of them, rounds - 1 times.
        for (int round = 1; round < settings.Rounds && context.Budget.RemainingCalls > candidates.Count; round++)
        {
            using IReasoningStep step = context.BeginStep($"round {round}");
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            (IReadOnlyList<ChatMessage> prompt, _) = Render(step, task, candidates, settings, (ulong)round);
            IGroupSampler group = step.Model(ModelRoles.Aggregator).GetService<IGroupSampler>()!;
            IReadOnlyList<ChatResponse> rewritten = await group.SampleAsync(
                prompt, candidates.Count, CandidateSampler.CallOptions(task, step, temperature), cancellationToken).ConfigureAwait(false);
            candidates = [.. rewritten.Select((response, index) => CandidateSampler.Read(step, response, index))];
            yield return new StepFinishedUpdate(step.NodeId, $"{candidates.Count} rewritten candidates");
        }

        // Stage 2: y* ~ pi(. | P_agg(x, y_1, ..., y_n)).
        using (IReasoningStep step = context.BeginStep("aggregate"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            (IReadOnlyList<ChatMessage> prompt, int shown) = Render(step, task, candidates, settings, 0);
            ChatOptions options = CandidateSampler.CallOptions(task, step, settings.AggregateTemperature);
            ChatResponse? response = null;
            await foreach (ReasoningUpdate update in FinalCall.StreamAsync(step.Model(ModelRoles.Aggregator), prompt, options, value => response = value, cancellationToken).ConfigureAwait(false))
            {
                yield return update;
            }

            Candidate aggregate = CandidateSampler.Read(step, response!, candidates.Count);
            bool novel = aggregate.Answer is not null && candidates.All(candidate => !context.Answers.Equivalent(candidate.Answer, aggregate.Answer));
            yield return new StepFinishedUpdate(step.NodeId, novel ? "a new answer" : "agrees with a candidate");
            ReasoningAnswer answer = Answers.Of(context, aggregate, vote, candidates);
            yield return new AnswerUpdate(answer with { Details = new Dictionary<string, object?>(answer.Details) { ["novel"] = novel, ["shown"] = shown } });
        }
    }

    private static SelfAggregationSettings Settings(StrategyOptions options)
    {
        SelfAggregationSettings settings = StrategySettings.Read(options, Id, SettingsJson.Default.SelfAggregationSettings, SelfAggregationSettings.Descriptions);
        StrategySettings.Require(settings.Rounds is >= 1 and <= 8, Id, $"rounds is {settings.Rounds}, it must lie in 1 … 8");
        StrategySettings.Require(double.IsFinite(settings.AggregateTemperature) && settings.AggregateTemperature >= 0, Id, $"aggregateTemperature is {settings.AggregateTemperature}, it must be at least 0");
        StrategySettings.Require(double.IsFinite(settings.ResampleTemperature) && settings.ResampleTemperature >= 0, Id, $"resampleTemperature is {settings.ResampleTemperature}, it must be at least 0");
        StrategySettings.Require(settings.MaxCandidateTokens is null or >= 16, Id, $"maxCandidateTokens is {settings.MaxCandidateTokens}, it must be at least 16");
        return settings;
    }

    private static (IReadOnlyList<ChatMessage> Messages, int Shown) Render(
        IReasoningContext context, ReasoningTask task, IReadOnlyList<Candidate> candidates, SelfAggregationSettings settings, ulong round)
    {
        Candidate[] ordered = CandidateList.Ordered(candidates, settings.CandidateOrder, context.Random(round));
        Candidate[] shown = settings.Dedupe ? CandidateList.Distinct(ordered) : ordered;
        return CandidateList.Render(context, Prompt, ModelRoles.Aggregator, task, shown, settings.MaxCandidateTokens, context.Options.MaxTokens ?? 256);
    }
}
