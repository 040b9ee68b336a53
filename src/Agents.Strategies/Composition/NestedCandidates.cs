using System.Globalization;
using Agents.Budgets;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Strategies.Composition;

/// <summary>Answers of another strategy as candidates: one run each, in the same budget and trace, each within a share of what is left.</summary>
public static class NestedCandidates
{
    /// <summary>
    /// Runs the strategy until there are enough candidates. One run after another: the calls of nested strategies would otherwise come into the trace in the order of
    /// their timing. Another one starts only where the budget pays for as many calls as the dearest so far and for the reserve.
    /// </summary>
    /// <param name="task">What to answer.</param>
    /// <param name="step">Step that the strategies hang below.</param>
    /// <param name="source">The strategy.</param>
    /// <param name="samples">Wanted number; a weighted list brings all its answers at once.</param>
    /// <param name="reserve">Calls to leave for later stages.</param>
    /// <param name="cancellationToken">Passed to the strategy.</param>
    /// <returns>At least one candidate.</returns>
    public static async Task<IReadOnlyList<Candidate>> SampleAsync(
        ReasoningTask task, IReasoningStep step, NestedStrategy source, int samples, int reserve, CancellationToken cancellationToken)
    {
        List<Candidate> candidates = [];
        int dearest = 0;
        Exception? failure = null;
        for (int run = 0; run < samples && candidates.Count < samples && (run == 0 || (step.Budget.RemainingCalls >= dearest + reserve && !SoftLimit.Reached(step.Budget))); run++)
        {
            int before = step.Budget.Used.Calls;
            try
            {
                bool moreToCome = candidates.Count + 1 < samples;
                ReasoningAnswer answer = await step.SolveAsync(source.Strategy, task, source.Options(step.Options), Share(step.Budget, reserve, dearest, moreToCome), cancellationToken).ConfigureAwait(false);
                candidates.AddRange(Read(step, answer, candidates.Count));
            }
            catch (AgentsException error) when (error is not BudgetExceededException && run + 1 < samples && step.Budget.Used.Calls > before)
            {
                // One failed run of several is data, as one failed call of a group is: its nodes carry the error.
                step.Logger.LogWarning(error, "Run {Run} of the strategy '{Strategy}' gave no candidate.", run + 1, source.Strategy);
                failure = error;
            }
            catch (BudgetExceededException) when (candidates.Count > 0 && step.Budget.RemainingCalls > 0)
            {
                break;
            }

            dearest = Math.Max(dearest, step.Budget.Used.Calls - before);
        }

        if (candidates.Count == 0)
        {
            throw failure ?? new InvalidOperationException("A run that gave no candidate must have failed.");
        }

        Note(step, candidates);
        return candidates;
    }

    /// <summary>Returns the candidates of an answer: all of a weighted list, else the answer itself.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">Answer of another strategy.</param>
    /// <param name="first">Index of the first candidate.</param>
    public static IEnumerable<Candidate> Read(IReasoningContext context, ReasoningAnswer answer, int first)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (WeightedCandidates.Of(answer) is not { } list)
        {
            return [Of(context, answer.Message, answer.FinalAnswer, first)];
        }

        // In order of appearance: the weight says how typical an answer is, which must decide neither its place in a prompt nor a vote.
        return list.Items.OrderBy(item => item.Index).Select((item, i) =>
        {
            var message = new ChatMessage(ChatRole.Assistant, item.Text);
            return Of(context, message, context.Answers.Extract(item.Text) ?? (item.Text.Contains('\n') ? null : item.Text), first + i) with { Weight = item.Weight };
        });
    }

    // Half of what is left at most while more is to come, so that one run cannot eat everything; but a run that is started may cost what an earlier one did.
    private static Budget Share(IBudgetMeter budget, int reserve, int dearest, bool moreToCome)
    {
        Budget half = budget.Share(0.5);
        int calls = budget.RemainingCalls;
        int most = Math.Max(1, calls - reserve);
        return half with { Calls = calls == int.MaxValue ? null : moreToCome ? Math.Clamp((calls - reserve) / 2, Math.Min(Math.Max(1, dearest), most), most) : most, Duration = null };
    }

    // Where no call carries the answers, the step does.
    private static void Note(IReasoningStep step, IReadOnlyList<Candidate> candidates)
    {
        step.Note(step.NodeId, "answers", string.Join(" | ", candidates.Select(candidate => string.Create(CultureInfo.InvariantCulture, $"{candidate.Index + 1}: {candidate.Answer ?? "-"}"))));
        if (candidates.Any(candidate => candidate.Weight is not null))
        {
            step.Note(step.NodeId, "weights", string.Join(" | ", candidates.Select(candidate => string.Create(CultureInfo.InvariantCulture, $"{candidate.Index + 1}: {candidate.Weight:0.####}"))));
        }
    }

    private static Candidate Of(IReasoningContext context, ChatMessage message, string? final, int index) =>
        new(index, new ChatResponse(message), final, final is null ? null : context.Answers.Canonicalize(final));
}
