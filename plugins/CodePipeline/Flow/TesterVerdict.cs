using System.Text.Json;
using System.Text.RegularExpressions;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.CodePipeline.Flow;

/// <summary>Reads a tester's verdict: a JSON field "verdict", otherwise the last PASS or FAIL of the report (papers/62 §6). A missing verdict is not PASS.</summary>
public static partial class TesterVerdict
{
    /// <summary>Returns whether a report lets the program pass; null where it has no verdict.</summary>
    /// <param name="report">The report.</param>
    public static bool? Of(string report)
    {
        ArgumentNullException.ThrowIfNull(report);
        string text = VisibleText.Of(report);
        if (Field(text) is { } field)
        {
            return field;
        }

        MatchCollection tokens = Token().Matches(text);
        return tokens.Count == 0 ? null : tokens[^1].Value == "PASS";
    }

    private static bool? Field(string text)
    {
        int start = text.IndexOf('{', StringComparison.Ordinal);
        int end = text.LastIndexOf('}');
        if (start < 0 || end < start)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text.AsMemory(start, end - start + 1));
            return document.RootElement.TryGetProperty("verdict", out JsonElement verdict) && verdict.ValueKind == JsonValueKind.String
                ? verdict.GetString()!.Trim().ToUpperInvariant() switch { "PASS" => true, "FAIL" => false, _ => null }
                : null;
        }
        catch (JsonException)
        {
            // Braces of the echoed program, not a JSON report.
            return null;
        }
    }

    [GeneratedRegex(@"\b(?:PASS|FAIL)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
