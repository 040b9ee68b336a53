using System.Text.Json;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.TestTimeImprovement.Synthesis;

/// <summary>
/// Reads what a generator wrote: a JSON object with <c>question</c> and <c>answer</c>, or, as the embedded model writes it, the question on the first line and its solution on the
/// lines after it.
/// </summary>
public static class PairReader
{
    private const int LargestReply = 1 << 16;

    /// <summary>Reads one pair.</summary>
    /// <param name="reply">The reply.</param>
    /// <returns>Null when it is neither form.</returns>
    public static SyntheticPair? Read(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        string text = VisibleText.Of(reply);
        if (text.Length is 0 or > LargestReply)
        {
            return null;
        }

        int open = text.IndexOf('{', StringComparison.Ordinal);
        int close = text.LastIndexOf('}');
        bool jsonFirst = open >= 0 && text.AsSpan(0, Math.Max(0, open)).Trim() is "" or "```" or "```json";
        if (jsonFirst)
        {
            return close > open ? Object(text.AsMemory(open, close + 1 - open)) : null;
        }

        int end = text.IndexOf('\n', StringComparison.Ordinal);
        return end <= 0 ? null : Of(text[..end], text[(end + 1)..]);
    }

    private static SyntheticPair? Object(ReadOnlyMemory<char> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16, AllowTrailingCommas = true });
            JsonElement root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("question", out JsonElement question) && question.ValueKind == JsonValueKind.String
                && root.TryGetProperty("answer", out JsonElement answer)
                    ? Of(question.GetString()!, answer.ValueKind == JsonValueKind.String ? answer.GetString()! : answer.GetRawText())
                    : null;
        }
        catch (JsonException)
        {
            // Not the strict form that was asked for: one invalid pair, which the caller counts.
            return null;
        }
    }

    private static SyntheticPair? Of(string question, string answer) => question.Trim() is { Length: > 0 } asked && answer.Trim() is { Length: > 0 } told ? new SyntheticPair(asked, told) : null;
}
