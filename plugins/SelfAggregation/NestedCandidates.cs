using System.Globalization;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation;

/// <summary>Reads answers of other strategies as candidates.</summary>
internal static class NestedCandidates
{
    /// <summary>Returns the candidates of an answer: all of a weighted list, else the answer itself.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">Answer of another strategy.</param>
    /// <param name="first">Index of the first candidate.</param>
    public static IEnumerable<Candidate> Read(IReasoningContext context, ReasoningAnswer answer, int first)
    {
        if (WeightedCandidates.Of(answer) is not { } list)
        {
            return [Of(context, answer.Message, answer.FinalAnswer, first)];
        }

        // In order of appearance: the weight says how typical an answer is, which must not decide its place in the prompt.
        return list.Items.OrderBy(item => item.Index).Select((item, i) =>
        {
            var message = new ChatMessage(ChatRole.Assistant, item.Text);
            return Of(context, message, context.Answers.Extract(item.Text) ?? (item.Text.Contains('\n') ? null : item.Text), first + i);
        });
    }

    /// <summary>Notes the answers on a step, where no call carries them.</summary>
    /// <param name="step">The step.</param>
    /// <param name="candidates">Candidates.</param>
    public static void Note(IReasoningStep step, IReadOnlyList<Candidate> candidates) => step.Note(
        step.NodeId, "answers", string.Join(" | ", candidates.Select(candidate => string.Create(CultureInfo.InvariantCulture, $"{candidate.Index + 1}: {candidate.Answer ?? "-"}"))));

    private static Candidate Of(IReasoningContext context, ChatMessage message, string? final, int index) =>
        new(index, new ChatResponse(message), final, final is null ? null : context.Answers.Canonicalize(final));
}
