using System.Text;
using Agents.Models;

namespace Agents.Strategies.Candidates;

/// <summary>The part of a response that other calls may read: without private thinking, and shortened where the context is small (papers/16 §6).</summary>
public static class VisibleText
{
    private const string ThinkStart = "<think>";
    private const string ThinkEnd = "</think>";
    private const string Cut = "\n[...]\n";

    /// <summary>Removes private thinking: every closed block, a block whose beginning stood in the prompt, and one that was cut off before its end.</summary>
    /// <param name="text">Text of a response.</param>
    public static string Of(string text)
    {
        if (!text.Contains(ThinkStart, StringComparison.Ordinal) && !text.Contains(ThinkEnd, StringComparison.Ordinal))
        {
            return text.Trim();
        }

        var visible = new StringBuilder();
        int at = 0;
        while (at < text.Length)
        {
            int start = text.IndexOf(ThinkStart, at, StringComparison.Ordinal);
            int end = text.IndexOf(ThinkEnd, at, StringComparison.Ordinal);
            if (end >= 0 && (start < 0 || end < start))
            {
                // The end of a block that this text does not open: all before it was thinking.
                visible.Clear();
                at = end + ThinkEnd.Length;
                continue;
            }

            visible.Append(text, at, (start < 0 ? text.Length : start) - at);
            at = start < 0 || end < 0 ? text.Length : end + ThinkEnd.Length;
        }

        return visible.ToString().Trim();
    }

    /// <summary>Shortens a text in its middle. Its end is kept, because the answer stands there: at least the last line where that fits.</summary>
    /// <param name="text">Visible text of a candidate.</param>
    /// <param name="limit">Most tokens to keep, at least 1; met exactly only where all tokens are about equally long.</param>
    /// <param name="tokenizer">Counts tokens; null estimates four characters each.</param>
    public static string Shortened(string text, int limit, ITokenizer? tokenizer)
    {
        int tokens = Count(text, tokenizer);
        if (tokens <= limit)
        {
            return text;
        }

        int keep = Math.Max(2, (int)((long)text.Length * limit / tokens) - Cut.Length);
        int lastLine = text.Length - text.LastIndexOf('\n') - 1;
        int tail = Math.Max(keep * 2 / 3, lastLine < keep ? lastLine : 0);
        int head = keep - tail;

        // A pair of surrogates is one character and must not be cut.
        head -= head > 0 && char.IsHighSurrogate(text[head - 1]) ? 1 : 0;
        tail -= char.IsLowSurrogate(text[^tail]) ? 1 : 0;
        return string.Concat(text.AsSpan(0, head), Cut, text.AsSpan(text.Length - tail));
    }

    /// <summary>Counts tokens.</summary>
    /// <param name="text">A text.</param>
    /// <param name="tokenizer">Counts exactly; null estimates four characters per token.</param>
    public static int Count(string text, ITokenizer? tokenizer) => tokenizer is null ? (text.Length + 3) / 4 : tokenizer.Encode(text).Length;
}
