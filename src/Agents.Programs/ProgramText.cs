namespace Agents.Programs;

/// <summary>Finds the program in a model's response.</summary>
public static class ProgramText
{
    private const string AnswerLabel = "answer:";
    private const string Fence = "```";

    /// <summary>Finds the program's text: what follows the last <c>answer:</c> line, else the last fenced block, else the last line that starts like a program.</summary>
    /// <param name="response">Complete text of the response.</param>
    /// <returns>The text, not yet parsed; null when nothing looks like a program.</returns>
    public static string? Find(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        int answer = response.LastIndexOf(AnswerLabel, StringComparison.OrdinalIgnoreCase);
        string text = answer >= 0 ? response[(answer + AnswerLabel.Length)..] : response;
        string found = Fenced(text) ?? (answer >= 0 ? FirstLine(text) : LastHeader(text));
        found = found.Trim(' ', '\t', '\r', '\n', '`', '*', '"', '\'');
        return found.Length == 0 ? null : found;
    }

    private static string? Fenced(string text)
    {
        int close = text.LastIndexOf(Fence, StringComparison.Ordinal);
        int open = close <= 0 ? -1 : text.LastIndexOf(Fence, close - 1, StringComparison.Ordinal);
        if (open < 0)
        {
            return null;
        }

        // The rest of the opening line is the language's name.
        int start = text.IndexOf('\n', open);
        return start < 0 || start > close ? text[(open + Fence.Length)..close] : text[start..close];
    }

    private static string FirstLine(string text)
    {
        string trimmed = text.TrimStart();
        int end = trimmed.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? trimmed : trimmed[..end];
    }

    private static string LastHeader(string text)
    {
        foreach (string line in text.Split('\n').Reverse())
        {
            string trimmed = line.TrimStart(' ', '\t', '`', '*');
            if (trimmed.StartsWith("f(", StringComparison.Ordinal) && trimmed.Contains("):", StringComparison.Ordinal))
            {
                return trimmed;
            }
        }

        return "";
    }
}
