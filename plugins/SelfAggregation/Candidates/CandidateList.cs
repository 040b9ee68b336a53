using System.Globalization;
using Agents.Models;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Candidates;

/// <summary>Prepares candidates for a prompt that shows all of them: order, duplicates, private thinking, length.</summary>
internal static class CandidateList
{
    private const string ThinkEnd = "</think>";
    private const string Cut = "\n[...]\n";
    private const int FewestTokens = 64;

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
    public static Candidate[] Distinct(IReadOnlyList<Candidate> candidates) =>
        [.. candidates.DistinctBy(candidate => candidate.Text.Trim(), StringComparer.Ordinal)];

    /// <summary>
    /// Renders a prompt over the candidates so that it fits the model's context: first each candidate is shortened in its middle (the answer stands at its end),
    /// then candidates are dropped from the back. Without a local tokenizer the length is estimated at four characters per token and only the explicit limit applies.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="prompt">Name of the prompt.</param>
    /// <param name="role">Role that reads it.</param>
    /// <param name="task">The task.</param>
    /// <param name="candidates">Candidates in order.</param>
    /// <param name="maxCandidateTokens">Limit per candidate; null for none.</param>
    /// <param name="reserve">Tokens to leave for the completion.</param>
    /// <returns>The messages, and how many candidates they show.</returns>
    public static (IReadOnlyList<ChatMessage> Messages, int Shown) Render(
        IReasoningContext context, string prompt, string role, ReasoningTask task, IReadOnlyList<Candidate> candidates, int? maxCandidateTokens, int reserve)
    {
        ILanguageModel? model = context.Model(role).GetService<ILanguageModel>();
        int? limit = maxCandidateTokens;
        int shown = candidates.Count;
        while (true)
        {
            IReadOnlyList<ChatMessage> messages = Messages(context, prompt, role, task, candidates.Take(shown), limit, model?.Tokenizer);
            int room = (model?.Shape.ContextLength ?? int.MaxValue) - reserve;
            if (model is null || shown <= 1 || messages.Sum(message => Count(message.Text, model.Tokenizer) + 8) <= room)
            {
                return (messages, shown);
            }

            int longest = candidates.Take(shown).Max(candidate => Count(candidate.Text, model.Tokenizer));
            int next = Math.Min(limit ?? longest, longest) / 2;
            if (next >= FewestTokens)
            {
                limit = next;
            }
            else
            {
                shown--;
            }
        }
    }

    /// <summary>Removes a private thinking block, keeping the visible solution.</summary>
    /// <param name="text">Text of a candidate.</param>
    public static string Visible(string text)
    {
        int end = text.LastIndexOf(ThinkEnd, StringComparison.Ordinal);
        return (end < 0 ? text : text[(end + ThinkEnd.Length)..]).Trim();
    }

    /// <summary>Shortens a text in its middle.</summary>
    /// <param name="text">Text of a candidate.</param>
    /// <param name="limit">Most tokens to keep.</param>
    /// <param name="tokenizer">Counts tokens; null estimates four characters each.</param>
    public static string Shortened(string text, int limit, ITokenizer? tokenizer)
    {
        int tokens = Count(text, tokenizer);
        if (tokens <= limit)
        {
            return text;
        }

        int keep = Math.Max(2, (int)((long)text.Length * limit / tokens) - Cut.Length);
        int tail = keep * 2 / 3;
        return string.Concat(text.AsSpan(0, keep - tail), Cut, text.AsSpan(text.Length - tail));
    }

    private static IReadOnlyList<ChatMessage> Messages(
        IReasoningContext context, string prompt, string role, ReasoningTask task, IEnumerable<Candidate> candidates, int? limit, ITokenizer? tokenizer)
    {
        List<object?> list = [];
        foreach (Candidate candidate in candidates)
        {
            string text = Visible(candidate.Text);
            list.Add(new Dictionary<string, object?>
            {
                ["number"] = (list.Count + 1).ToString(CultureInfo.InvariantCulture),
                ["text"] = limit is { } most ? Shortened(text, most, tokenizer) : text,
            });
        }

        IReadOnlyList<ChatMessage> rendered = context.Prompt(prompt, new Dictionary<string, object?> { ["question"] = task.Question, ["candidates"] = list }, role);
        return [.. task.Messages.Take(task.Messages.Count - 1), .. rendered];
    }

    private static int Count(string text, ITokenizer? tokenizer) => tokenizer is null ? (text.Length + 3) / 4 : tokenizer.Encode(text).Length;
}
