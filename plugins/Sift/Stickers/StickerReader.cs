using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agents.Plugins.Sift.Stickers;

/// <summary>Reads stickers (papers/49 §2.1): the layout with two headers, the JSON form, or any other text as it is.</summary>
public static partial class StickerReader
{
    private const int MaximumDepth = 8;

    /// <summary>JSON schema of a sticker.</summary>
    public const string Schema =
        """{"type":"object","properties":{"conditions":{"type":"array","items":{"type":"string"}},"question":{"type":"string"}},"required":["conditions","question"],"additionalProperties":false}""";

    /// <summary>Reads a sticker.</summary>
    /// <param name="reply">Visible text of a reply.</param>
    /// <returns>The sticker. Without the header of the conditions its text is the reply, unchanged.</returns>
    public static Sticker Read(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return Json(reply) ?? Layout(Cut(reply));
    }

    /// <summary>Cuts a sticker out of a reply: from the header of the conditions to the next code fence.</summary>
    /// <param name="reply">Visible text of a reply.</param>
    public static string Cut(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        Match header = ConditionsHeader().Match(reply);
        if (!header.Success)
        {
            return reply;
        }

        int fence = reply.IndexOf("```", header.Index, StringComparison.Ordinal);
        return reply[header.Index..(fence < 0 ? reply.Length : fence)].Trim();
    }

    private static Sticker? Json(string reply)
    {
        int start = reply.IndexOf('{');
        int end = reply.LastIndexOf('}');
        if (start < 0 || end < start)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(reply.AsMemory(start, end - start + 1), new JsonDocumentOptions { AllowTrailingCommas = true, MaxDepth = MaximumDepth });
            JsonElement root = document.RootElement;
            if (!root.TryGetProperty("conditions", out JsonElement list) || list.ValueKind != JsonValueKind.Array
                || !root.TryGetProperty("question", out JsonElement asked) || asked.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            string[] conditions = [.. list.EnumerateArray().Select(item => item.ToString().Trim()).Where(item => item.Length > 0)];
            string question = asked.GetString()!.Trim();
            IEnumerable<string> numbered = conditions.Select((condition, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}. {condition}"));
            return new Sticker($"**Conditions:**\n{string.Join('\n', numbered)}\n\n**Question:**\n{question}", conditions, question);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Sticker Layout(string text)
    {
        string[] parts = QuestionHeader().Split(text, 2);
        IEnumerable<string> lines = ConditionsHeader().Replace(parts[0], "").Split('\n').Select(line => ListMark().Replace(line, "").Trim()).Where(line => line.Length > 0);
        if (parts.Length == 2)
        {
            return new Sticker(text, [.. lines], parts[1].Trim());
        }

        // A layout without headers ends with what is asked.
        string[] all = [.. lines];
        return new Sticker(text, all.Length > 1 ? all[..^1] : all, all.Length > 1 ? all[^1] : "");
    }

    [GeneratedRegex(@"\*\*Conditions:?\*\*:?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ConditionsHeader();

    [GeneratedRegex(@"\*\*Question:?\*\*:?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QuestionHeader();

    [GeneratedRegex(@"^\s*(?:[-*]\s+|\d{1,3}[.)]\s+)", RegexOptions.CultureInvariant)]
    private static partial Regex ListMark();
}
