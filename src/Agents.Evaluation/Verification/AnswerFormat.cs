using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Agents.Programs;
using Agents.Verification;

namespace Agents.Evaluation.Verification;

/// <summary>
/// Final answers of this product's tasks and of the common public sets: numbers, words, several slots separated by comma, semicolon
/// or bar, compact calls such as <c>convert(12,km)</c>, and programs of the mini-language.
/// </summary>
/// <remarks>
/// The last mark of a kind wins, and marks win in the order answer line, box, hash mark, last number. A lone number whose commas stand
/// before groups of three digits, without blanks, is one number ("1,080"), not slots.
/// </remarks>
public sealed class AnswerFormat : IAnswerFormat
{
    private const string AnswerLabel = "answer:";
    private const string FinalAnswerLabel = "final answer:";
    private const string BoxLabel = @"\boxed{";
    private static readonly char[] Separators = [',', ';', '|'];
    private static readonly char[] Decoration = [' ', '\t', '\r', '\n', '*', '_', '`', '"', '\''];
    private readonly AnswerFormatOptions _options;

    /// <summary>Creates the format.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    public AnswerFormat(AnswerFormatOptions? options = null)
    {
        _options = options ?? new AnswerFormatOptions();
    }

    /// <summary>Gets the format with default settings.</summary>
    public static AnswerFormat Default { get; } = new();

    /// <inheritdoc/>
    public string? Extract(string response) => Find(response)?.Text;

    /// <summary>Finds the final answer and says what marked it.</summary>
    /// <param name="response">Complete text of the response.</param>
    /// <returns>The answer, or null when the response has none (an empty mark included).</returns>
    public ExtractedAnswer? Find(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (LastLine(response, AnswerLabel, FinalAnswerLabel) is { } line)
        {
            return Found(line, AnswerSource.AnswerLine);
        }

        if (_options.Boxed && LastBox(response) is { } box)
        {
            return Found(box, AnswerSource.Boxed);
        }

        if (_options.HashMark && LastLine(response, "####", "####") is { } hash)
        {
            return Found(hash, AnswerSource.HashMark);
        }

        return _options.LastNumber && LastNumber(response) is { } number ? Found(number, AnswerSource.LastNumber) : null;
    }

    /// <inheritdoc/>
    public string Canonicalize(string answer)
    {
        IReadOnlyList<string> slots = Slots(answer);
        string plain = Plain(answer);
        return !IsProgram(plain, out _) && IsCall(plain, out _, out _)
            ? slots[0] + "(" + string.Join(',', slots.Skip(1)) + ")"
            : string.Join(", ", slots);
    }

    /// <inheritdoc/>
    public bool Equivalent([NotNullWhen(true)] string? left, [NotNullWhen(true)] string? right) =>
        !string.IsNullOrWhiteSpace(left) && !string.IsNullOrWhiteSpace(right)
        && string.Equals(Canonicalize(left), Canonicalize(right), StringComparison.Ordinal);

    /// <summary>Splits an answer into canonical slots: the parts of a list, or the name and the arguments of a call.</summary>
    /// <param name="answer">An extracted answer.</param>
    public IReadOnlyList<string> Slots(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        string plain = Plain(answer);
        if (IsProgram(plain, out string? program))
        {
            return [program];
        }

        if (IsCall(plain, out string name, out string arguments))
        {
            return arguments.Length == 0 ? [Slot(name)] : [Slot(name), .. arguments.Split(',').Select(Slot)];
        }

        return IsGroupedNumber(plain) ? [Slot(plain)] : [.. plain.Split(Separators).Select(Slot)];
    }

    private static ExtractedAnswer? Found(string text, AnswerSource source)
    {
        string trimmed = text.Trim(Decoration);
        return trimmed.Length == 0 ? null : new ExtractedAnswer(trimmed, source);
    }

    private static string? LastLine(string text, string label, string otherLabel)
    {
        int end = text.Length;
        while (end >= 0)
        {
            int start = end == 0 ? 0 : text.LastIndexOf('\n', end - 1) + 1;
            ReadOnlySpan<char> line = text.AsSpan(start, end - start).TrimStart(" \t*_>`");
            if (line.StartsWith(label, StringComparison.OrdinalIgnoreCase))
            {
                return line[label.Length..].ToString();
            }

            if (line.StartsWith(otherLabel, StringComparison.OrdinalIgnoreCase))
            {
                return line[otherLabel.Length..].ToString();
            }

            end = start - 1;
        }

        return null;
    }

    private static string? LastBox(string text)
    {
        int at = text.LastIndexOf(BoxLabel, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        int start = at + BoxLabel.Length;
        int depth = 1;
        for (int i = start; i < text.Length; i++)
        {
            depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return text[start..i];
            }
        }

        return null;
    }

    private static string? LastNumber(string text)
    {
        int end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]))
        {
            end--;
        }

        int start = end;
        while (start > 0 && (char.IsAsciiDigit(text[start - 1]) || (text[start - 1] is '.' or ',' && start > 1 && char.IsAsciiDigit(text[start - 2]))))
        {
            start--;
        }

        if (start > 0 && text[start - 1] == '-' && (start == 1 || !char.IsLetterOrDigit(text[start - 2])))
        {
            start--;
        }

        return end == 0 ? null : text[start..end];
    }

    private static bool IsCall(string text, out string name, out string arguments)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        bool call = open > 0 && text[^1] == ')' && text.AsSpan(0, open).Trim().IndexOfAnyExcept(NameCharacters) < 0;
        name = call ? text[..open].Trim() : "";
        arguments = call ? text[(open + 1)..^1].Trim() : "";
        return call;
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

    /// <summary>A program of the mini-language is one slot, whatever separators are in it; its canonical spelling has no blanks.</summary>
    private static bool IsProgram(string text, [NotNullWhen(true)] out string? canonical)
    {
        canonical = text.StartsWith("f(", StringComparison.Ordinal) && text.Contains("):", StringComparison.Ordinal) && MiniProgram.TryParse(text, out MiniProgram? program, out _)
            ? program.Text
            : null;
        return canonical is not null;
    }

    private static bool IsGroupedNumber(string text)
    {
        string[] groups = text.TrimStart('-', '+', '$').Split(',');
        if (groups.Length < 2 || groups[0].Length is 0 or > 3 || !groups[0].All(char.IsAsciiDigit))
        {
            return false;
        }

        string last = groups[^1].Split('.')[0];
        return groups[1..^1].Append(last).All(group => group.Length == 3 && group.All(char.IsAsciiDigit));
    }

    private static string Number(string slot)
    {
        string digits = slot.TrimStart('$').Replace(",", "", StringComparison.Ordinal);
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(digits, Style, CultureInfo.InvariantCulture, out decimal value) || digits.Length > 28)
        {
            return slot;
        }

        // Dividing by one with 28 zeros drops trailing zeros of the scale; adding zero drops the sign of -0.
        decimal plain = value / 1.0000000000000000000000000000m;
        return plain == 0 ? "0" : plain.ToString(CultureInfo.InvariantCulture);
    }

    private string Plain(string answer)
    {
        string plain = string.Join(' ', answer.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Trim(Decoration);
        plain = plain.TrimEnd('.').Trim(Decoration);
        return _options.IgnoreCase ? plain.ToLowerInvariant() : plain;
    }

    private string Slot(string slot) => Number(Plain(slot));
}
