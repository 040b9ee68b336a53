using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Plugins.Sift.Stickers;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Sift;

/// <summary>The method in front of another strategy: the sticker, corrected as far as the settings ask, becomes a fact sheet beneath the question that the other one answers.</summary>
internal static class StickerFront
{
    private const string Prompt = "sift/solve-with-sticker";

    /// <summary>Writes the sticker, lets the other strategy answer, and returns its answer with the figures of the method.</summary>
    /// <param name="task">The task.</param>
    /// <param name="context">The request.</param>
    /// <param name="settings">Settings that name the other strategy.</param>
    /// <param name="cancellationToken">Passed to every call.</param>
    public static async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, SiftSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var calls = new SiftCalls(task, context, context.Options.Temperature ?? 0, null, SiftCalls.IsStructured(context, task, settings.Structured));
        var run = new SiftRun(context, calls, settings, 1, 1);
        Candidate? agreed = null;

        // The answer needs a call of its own, and one more is what makes the other strategy more than a plain answer.
        for (int stage = 0; stage <= settings.MaxStage && agreed is null && context.Budget.RemainingCalls > CostOf(run, stage) && !SoftLimit.Reached(context.Budget); stage++)
        {
            if (stage == 0 ? settings.MaxStage > 0 : stage == 2 && settings.SkipForward)
            {
                continue;
            }

            using IReasoningStep step = context.BeginStep(stage == 0 ? "sticker" : string.Create(CultureInfo.InvariantCulture, $"stage {stage}"));
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            if (stage == 0)
            {
                await run.RestateAsync(step, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                agreed = await run.StageAsync(step, stage, cancellationToken).ConfigureAwait(false);
            }

            yield return new StepFinishedUpdate(step.NodeId, stage == 0 ? $"{run.Stickers.Count} sticker" : agreed is null ? "the views disagree" : "the views agree");
            if (run.Draft is { } draft)
            {
                yield return new DraftUpdate(new ReasoningAnswer(draft.Message) { FinalAnswer = draft.FinalAnswer });
            }
        }

        string? sticker = run.Stickers.Count > 0 ? run.Stickers[0].Text : null;
        ReasoningAnswer answer;
        using (IReasoningStep step = context.BeginStep("answer"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            answer = await step.SolveAsync(settings.AnswerWith!.Strategy, Restated(task, step, sticker), settings.AnswerWith.Options(context.Options), cancellationToken).ConfigureAwait(false);
            yield return new StepFinishedUpdate(step.NodeId, answer.FinalAnswer);
        }

        yield return new AnswerUpdate(answer.With(
            ("sticker", sticker),
            ("grounded", agreed is null ? null : context.Answers.Equivalent(agreed.FinalAnswer, answer.FinalAnswer)),
            ("siftAnswer", agreed?.FinalAnswer)));
    }

    private static int CostOf(SiftRun run, int stage) => stage == 0 ? 1 : run.CostOf(stage);

    private static ReasoningTask Restated(ReasoningTask task, IReasoningStep step, string? sticker) => sticker is null ? task : task with
    {
        Messages = Conversation.Ask(task, step.Prompt(Prompt, new Dictionary<string, object?> { ["question"] = task.Question, ["sticker"] = sticker })),
    };
}
