using Agents.Verification;

namespace Agents.Testing;

/// <summary>The simplest answer format: the text after the last <c>Answer:</c>, compared without regard to case and surrounding blanks.</summary>
public sealed class LabelledAnswerFormat : IAnswerFormat
{
    private const string Label = "Answer:";

    /// <summary>Gets the format.</summary>
    public static LabelledAnswerFormat Instance { get; } = new();

    /// <inheritdoc/>
    public string? Extract(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        int at = response.LastIndexOf(Label, StringComparison.OrdinalIgnoreCase);
        string answer = at < 0 ? "" : response[(at + Label.Length)..].Trim();
        return answer.Length == 0 ? null : answer;
    }

    /// <inheritdoc/>
    public string Canonicalize(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer.Trim().ToUpperInvariant();
    }

    /// <inheritdoc/>
    public bool Equivalent(string? left, string? right) => left is not null && right is not null && Canonicalize(left) == Canonicalize(right);
}
