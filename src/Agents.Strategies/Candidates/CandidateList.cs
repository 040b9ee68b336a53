using System.Globalization;
using Agents.Models;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Strategies.Candidates;

/// <summary>Prepares candidates for a prompt that shows all of them: order, duplicates, length.</summary>
public static class CandidateList
{
    private const int FewestTokens = 64;
    private const int TokensPerMessage = 8;

    /// <summary>Brings candidates into the wanted order.</summary>
    /// <param name="candidates">In sampling order.</param>
    /// <param name="order">Wanted order.</param>
    /// <param name="random">Stream for <see cref="CandidateOrder.Random"/>.</param>
    public static Candidate[] Ordered(IReadOnlyList<Candidate> candidates, CandidateOrder order, SampleStream random)
    {
        Candidate[] result = [.. candidates];
        switch (order)
        {
            case CandidateOrder.Random:
                random.Shuffle(result.AsSpan());
                break;
            case CandidateOrder.ByLength:
                result = [.. result.OrderBy(candidate => candidate.Text.Length).ThenBy(candidate => candidate.Index)];
                break;
        }

        return result;
    }

    /// <summary>Drops candidates whose whole text another one already has.</summary>
    /// <param name="candidates">Candidates in order.</param>
    public static Candidate[] Distinct(IReadOnlyList<Candidate> candidates) => [.. candidates.DistinctBy(candidate => candidate.Text, StringComparer.Ordinal)];

    /// <summary>
    /// Renders a prompt over the candidates so that it fits the model's context: first each candidate is shortened in its middle (the answer stands at its end),
    /// then candidates are dropped from the back. Without a local tokenizer the length is estimated at four characters per token and only the explicit limit applies.
    /// Candidates without visible text are left out.
    /// </summary>
    /// <param name="step">Step that will make the call; the order shown is noted there.</param>
    /// <param name="prompt">Name of the prompt.</param>
    /// <param name="role">Role that reads it.</param>
    /// <param name="task">The task.</param>
    /// <param name="candidates">Candidates in order.</param>
    /// <param name="maxCandidateTokens">Limit per candidate; null for none.</param>
    /// <param name="reserve">Tokens to leave for the completion; never more than half of the context.</param>
    /// <returns>The messages, and the candidates they show: none when there is nothing to read or not even one fits.</returns>
    public static (IReadOnlyList<ChatMessage> Messages, Candidate[] Shown) Render(
        IReasoningStep step, string prompt, string role, ReasoningTask task, IReadOnlyList<Candidate> candidates, int? maxCandidateTokens, int reserve)
    {
        ILanguageModel? model = step.Model(role).GetService<ILanguageModel>();

        // A completion limit is no plan: servers set one that no small context can hold, and the candidates must be seen all the same.
        int context = model?.Shape.ContextLength ?? int.MaxValue;
        int room = context - Math.Min(reserve, context / 2);
        int? limit = maxCandidateTokens;
        Candidate[] shown = [.. candidates.Where(candidate => candidate.Text.Length > 0)];
        while (shown.Length > 0)
        {
            IReadOnlyList<ChatMessage> messages = Messages(step, prompt, role, task, shown, limit, model?.Tokenizer);
            if (model is null || messages.Sum(message => VisibleText.Count(message.Text, model.Tokenizer) + TokensPerMessage) <= room)
            {
                step.Note(step.NodeId, "order", string.Join(',', shown.Select(candidate => (candidate.Index + 1).ToString(CultureInfo.InvariantCulture))));
                return (messages, shown);
            }

            int longest = shown.Max(candidate => VisibleText.Count(candidate.Text, model.Tokenizer));
            int half = Math.Min(limit ?? longest, longest) / 2;
            if (half >= FewestTokens)
            {
                limit = half;
            }
            else
            {
                shown = shown[..^1];
            }
        }

        return ([], shown);
    }

    private static IReadOnlyList<ChatMessage> Messages(
        IReasoningStep step, string prompt, string role, ReasoningTask task, Candidate[] shown, int? limit, ITokenizer? tokenizer)
    {
        List<object?> list = [];
        foreach (Candidate candidate in shown)
        {
            list.Add(new Dictionary<string, object?>
            {
                ["text"] = limit is { } most ? VisibleText.Shortened(candidate.Text, most, tokenizer) : candidate.Text,
            });
        }

        var variables = new Dictionary<string, object?> { ["question"] = task.Question, ["candidates"] = list };
        return Conversation.Ask(task, step.Prompt(prompt, variables, role));
    }
}
