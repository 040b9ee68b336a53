using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agents.Plugins.VerbalizedSampling.Parsing;

/// <summary>
/// Reads the list of answers out of a reply (papers/51 §2.5): JSON with <c>responses</c>, <c>&lt;response&gt;</c> elements, or lines of weight and answer.
/// A reply without a list gives none, never one empty answer: that would raise every measure of diversity.
/// </summary>
public static partial class ListReader
{
    private const int MaximumDepth = 16;
    private const int MaximumAnswers = 1024;
    private static readonly string[] ListNames = ["responses", "answers", "candidates"];
    private static readonly string[] TextNames = ["text", "response", "answer"];
    private static readonly string[] WeightNames = ["probability", "confidence", "likelihood", "perplexity", "nll", "weight"];

    /// <summary>Reads a reply.</summary>
    /// <param name="reply">Visible text of the reply.</param>
    /// <returns>The answers in order, without empty ones; empty when the reply holds no list.</returns>
    public static IReadOnlyList<ListedAnswer> Read(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        List<ListedAnswer> answers = Json(reply);
        answers = answers.Count > 0 ? answers : Elements(reply);
        answers = answers.Count > 0 || reply.AsSpan().TrimStart().StartsWith("{") ? answers : Lines(reply);
        return answers.Count <= MaximumAnswers ? answers : answers[..MaximumAnswers];
    }

    // The outer braces, else the outer brackets: code fences and sentences around them are cut off.
    private static List<ListedAnswer> Json(string reply) => Json(reply, '{', '}') ?? Json(reply, '[', ']') ?? [];

    // Null where the text between the two is no JSON.
    private static List<ListedAnswer>? Json(string reply, char open, char close)
    {
        int start = reply.IndexOf(open);
        int end = reply.LastIndexOf(close);
        if (start < 0 || end < start)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(
                reply.AsMemory(start, end - start + 1),
                new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaximumDepth });
            JsonElement root = document.RootElement;
            JsonElement list = root.ValueKind == JsonValueKind.Object ? Member(root, ListNames) ?? default : root;
            return list.ValueKind == JsonValueKind.Array ? Entries(list) : [];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<ListedAnswer> Entries(JsonElement list)
    {
        List<ListedAnswer> answers = new(Math.Min(list.GetArrayLength(), MaximumAnswers));
        foreach (JsonElement element in list.EnumerateArray())
        {
            if (Entry(element) is { } answer)
            {
                answers.Add(answer);
            }
        }

        return answers;
    }

    private static ListedAnswer? Entry(JsonElement entry)
    {
        if (entry.ValueKind == JsonValueKind.String)
        {
            return Answer(entry.GetString()!, null);
        }

        return entry.ValueKind == JsonValueKind.Object && Member(entry, TextNames) is { } text ? Answer(Plain(text), Member(entry, WeightNames) is { } weight ? Plain(weight) : null) : null;
    }

    private static JsonElement? Member(JsonElement parent, string[] names)
    {
        foreach (string name in names)
        {
            foreach (JsonProperty property in parent.EnumerateObject())
            {
                if (IsNamed(property, name) && property.Value.ValueKind != JsonValueKind.Null)
                {
                    return property.Value;
                }
            }
        }

        return null;
    }

    // Without a string per property that is looked at: plain names are compared as they stand in the text.
    private static bool IsNamed(JsonProperty property, string name)
    {
        ReadOnlySpan<byte> written = JsonMarshal.GetRawUtf8PropertyName(property);
        return Ascii.IsValid(written) && !written.Contains((byte)'\\') ? Ascii.EqualsIgnoreCase(written, name) : string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase);
    }

    private static string Plain(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static List<ListedAnswer> Elements(string reply)
    {
        List<ListedAnswer> answers = [];
        foreach (Match element in ResponseElement().Matches(reply))
        {
            string body = element.Groups[1].Value;
            Match text = TextElement().Match(body);
            Match weight = WeightElement().Match(body);
            if (text.Success && Answer(text.Groups[1].Value, weight.Success ? weight.Groups[1].Value : null) is { } answer)
            {
                answers.Add(answer);
            }
        }

        return answers;
    }

    private static List<ListedAnswer> Lines(string reply)
    {
        List<ListedAnswer> answers = [];
        foreach (string line in reply.Split('\n'))
        {
            if (WeightedLine().Match(line) is { Success: true } match && Answer(match.Groups[2].Value, match.Groups[1].Value) is { } answer)
            {
                answers.Add(answer);
            }
        }

        return answers;
    }

    private static ListedAnswer? Answer(string text, string? weight) => text.Trim() is { Length: > 0 } trimmed ? new ListedAnswer(trimmed, weight?.Trim()) : null;

    [GeneratedRegex(@"<response>(.*?)</response>", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ResponseElement();

    [GeneratedRegex(@"<text>(.*?)</text>", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TextElement();

    [GeneratedRegex(@"<(?:probability|confidence|perplexity|nll)>(.*?)</", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WeightElement();

    // A list mark, then the weight: a decimal fraction, a percentage, or 0 or 1 alone. "3 apples" is no weighted line.
    [GeneratedRegex(@"^\s*(?:[-*]\s+|\d{1,3}[.)]\s+)?((?:\d*\.\d+|[01])(?:\s?%)?|\d{1,3}\s?%)[\s:|]+(\S.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex WeightedLine();
}
