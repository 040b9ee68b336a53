using Agents.Models;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Auto.Certainty;

/// <summary>How far ahead of its rivals each token of an answer was.</summary>
internal static class AnswerMargin
{
    /// <summary>Returns the smallest margin over the tokens of the final answer: the probability of the token that was written less that of its likeliest rival.</summary>
    /// <param name="response">A response.</param>
    /// <param name="answer">The final answer as it stands in the text; null takes the whole completion.</param>
    /// <param name="tokenizer">Finds the answer's tokens; null takes the whole completion.</param>
    /// <returns>A margin in [-1, 1]; null where the backend gives no log-probabilities. Without alternatives the rival is taken to have all the rest, which is the least the margin can be.</returns>
    public static double? Of(ChatResponse response, string? answer, ITokenizer? tokenizer)
    {
        if (response.AdditionalProperties is not { } properties
            || !properties.TryGetValue(GenerationRecord.PropertyName, out object? value) || value is not GenerationRecord { PlainLogProbabilities.Count: > 0 } record)
        {
            return null;
        }

        var alternatives = properties.TryGetValue(ChatOptionKeys.TopLogProbabilities, out object? listed) ? listed as IReadOnlyList<IReadOnlyList<TokenAlternative>> : null;
        (int start, int end) = answer is null || tokenizer is null ? (0, record.CompletionTokenIds.Count) : Span(record.CompletionTokenIds, answer, tokenizer);
        double least = 1;
        for (int i = start; i < end; i++)
        {
            double own = Math.Exp(record.PlainLogProbabilities[i]);
            double rival = alternatives is not null && i < alternatives.Count ? Rival(alternatives[i], record.CompletionTokenIds[i]) : 1 - own;
            least = Math.Min(least, own - rival);
        }

        return least;
    }

    /// <summary>Returns the tokens that the last occurrence of an answer lies in; all of them where it cannot be found.</summary>
    /// <param name="ids">The completion.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    internal static (int Start, int End) Span(IReadOnlyList<int> ids, string answer, ITokenizer tokenizer)
    {
        int[] all = [.. ids];
        string text = tokenizer.Decode(all);
        int at = answer.Length == 0 ? -1 : text.LastIndexOf(answer, StringComparison.Ordinal);
        if (at < 0)
        {
            return (0, all.Length);
        }

        // Lengths grow with every token, so both ends are where a prefix first passes them.
        int start = 0;
        while (start < all.Length && tokenizer.Decode(all.AsSpan(0, start + 1)).Length <= at)
        {
            start++;
        }

        int end = start;
        while (end < all.Length && tokenizer.Decode(all.AsSpan(0, end)).Length < at + answer.Length)
        {
            end++;
        }

        return (start, end);
    }

    private static double Rival(IReadOnlyList<TokenAlternative> alternatives, int written)
    {
        double best = 0;
        foreach (TokenAlternative alternative in alternatives)
        {
            best = alternative.Id == written ? best : Math.Max(best, Math.Exp(alternative.LogProbability));
        }

        return best;
    }
}
