using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Plugins.Sift.Predictions;
using Agents.Reasoning;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.Sift;

/// <summary>
/// SIFT (arXiv 2502.14922; papers/49): restates the question as a sticker of facts, answers once from the sticker alone and once from question and sticker, and trusts the answer when both agree. Where
/// they do not, the sticker is corrected against the question, then rebuilt from the prediction and corrected again; at last the plain question is answered.
/// Costs 3, 6, 10 or 11 calls.
/// </summary>
public sealed class SiftStrategy : IReasoningStrategy
{
    /// <summary>Id of the strategy.</summary>
    public const string Id = "sift";

    private const int DefaultSamples = 10;
    private const double CoupledTemperature = 0.6;
    private const float CoupledTopP = 0.9f;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        SiftSettings settings = SiftSettings.Read(context.Options);
        if (settings.AnswerWith is not null)
        {
            await foreach (ReasoningUpdate update in StickerFront.SolveAsync(task, context, settings, cancellationToken).ConfigureAwait(false))
            {
                yield return update;
            }

            yield break;
        }

        bool coupled = settings.Coupling != SiftCoupling.None;
        int samples = coupled ? context.Options.Samples ?? DefaultSamples : 1;
        var calls = new SiftCalls(
            task, context, context.Options.Temperature ?? (coupled ? CoupledTemperature : 0), coupled ? CoupledTopP : null, SiftCalls.IsStructured(context, task, settings.Structured));
        int runs = settings.Coupling == SiftCoupling.Sift ? samples : 1;
        List<SiftOutcome> outcomes = [];
        for (int i = 0; i < runs && (i == 0 || (context.Budget.RemainingCalls > 0 && !SoftLimit.Reached(context.Budget))); i++)
        {
            SiftRun run = Start(context, calls, settings, samples);
            Candidate? agreed = null;
            int reached = 0;
            foreach (int stage in Stages(settings))
            {
                if (!Affords(context, run, stage))
                {
                    break;
                }

                using IReasoningStep step = context.BeginStep(string.Create(CultureInfo.InvariantCulture, $"stage {stage}"));
                yield return new StepStartedUpdate(step.NodeId, step.Name);
                agreed = await run.StageAsync(step, stage, cancellationToken).ConfigureAwait(false);
                reached = agreed is null ? 0 : stage;
                yield return new StepFinishedUpdate(step.NodeId, agreed is null ? "the views disagree" : "the views agree");
                if (agreed is not null)
                {
                    break;
                }

                if (run.Draft is { } draft)
                {
                    yield return new DraftUpdate(Answer([.. outcomes, new SiftOutcome(draft, 0, run)]));
                }
            }

            if (agreed is null && (run.Draft is null || context.Budget.RemainingCalls >= run.CostOfFallback))
            {
                using IReasoningStep step = context.BeginStep("fallback");
                yield return new StepStartedUpdate(step.NodeId, step.Name);
                agreed = await run.FallbackAsync(step, cancellationToken).ConfigureAwait(false) ?? run.Draft;
                yield return new StepFinishedUpdate(step.NodeId, agreed is null ? "no prediction" : "not grounded");
            }

            outcomes.Add(new SiftOutcome(agreed ?? run.Draft, reached, run));
        }

        if (outcomes.All(outcome => outcome.Answer is null))
        {
            calls.Fail();
        }

        yield return new AnswerUpdate(Answer(outcomes));
    }

    private static IEnumerable<int> Stages(SiftSettings settings) =>
    [
        1,
        .. Enumerable.Repeat(2, settings.MaxStage >= 2 && !settings.SkipForward ? settings.RepeatForward : 0),
        .. Enumerable.Repeat(3, settings.MaxStage >= 3 ? settings.RepeatInverse : 0),
    ];

    // The samples of a coupling shrink with the budget, so that at least the first stage and the fallback are paid for.
    private static SiftRun Start(IReasoningContext context, SiftCalls calls, SiftSettings settings, int samples)
    {
        while (true)
        {
            var run = new SiftRun(
                context, calls, settings, settings.Coupling == SiftCoupling.Sticker ? samples : 1, settings.Coupling == SiftCoupling.Prediction ? samples : 1);
            if (samples == 1 || settings.Coupling == SiftCoupling.Sift || run.CostOf(1) + run.CostOfQuestion <= context.Budget.RemainingCalls)
            {
                return run;
            }

            samples--;
        }
    }

    // The first stage is worth its calls without a fallback, because its prediction is an answer; later ones are not worth the last call of the budget.
    private static bool Affords(IReasoningContext context, SiftRun run, int stage) =>
        context.Budget.RemainingCalls >= run.CostOf(stage) + (stage == 1 ? 0 : run.CostOfFallback) && (stage == 1 || !SoftLimit.Reached(context.Budget));

    private static ReasoningAnswer Answer(IReadOnlyList<SiftOutcome> outcomes)
    {
        SiftOutcome[] answered = [.. outcomes.Where(outcome => outcome.Answer is not null)];
        Candidate[] answers = [.. answered.Select((outcome, index) => outcome.Answer! with { Index = index })];
        Vote vote = Vote.Of(answers);
        Candidate chosen = vote.Winner ?? answers[0];
        SiftOutcome outcome = answered[chosen.Index];
        ReasoningAnswer answer = Answers.Of(vote, answers, chosen);
        return answer.With(
            ("grounded", outcome.Grounded),
            ("stage", outcome.Stage),
            ("sticker", outcome.Run.Stickers.Count > 0 ? outcome.Run.Stickers[0].Text : null),
            ("stickerAnswer", outcome.Run.FromSticker.Result?.FinalAnswer),
            ("bothAnswer", outcome.Run.FromBoth.Result?.FinalAnswer),
            ("questionAnswer", outcome.Run.FromQuestion.Result?.FinalAnswer));
    }
}
