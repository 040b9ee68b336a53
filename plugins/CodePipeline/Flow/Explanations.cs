using System.Text;
using System.Text.Json;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.CodePipeline.Flow;

/// <summary>Reads the reply of the explain call and writes it into the repair prompt.</summary>
public static class Explanations
{
    /// <summary>Reads a JSON list of {block, content, correct, explanation}, alone or inside of other text; empty where there is none.</summary>
    /// <param name="reply">The reply.</param>
    public static IReadOnlyList<BlockExplanation> Read(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        string text = VisibleText.Of(reply);
        int end = text.LastIndexOf(']');
        for (int start = text.IndexOf('[', StringComparison.Ordinal); start >= 0 && start < end; start = text.IndexOf('[', start + 1))
        {
            try
            {
                using var document = JsonDocument.Parse(text.AsMemory(start, end - start + 1));
                BlockExplanation[] blocks = [.. document.RootElement.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(Block)];
                if (blocks.Length > 0)
                {
                    return blocks;
                }
            }
            catch (JsonException)
            {
                // A bracket of the text before the list; the next one may begin it.
            }
        }

        return [];
    }

    /// <summary>Returns the text for the repair prompt: one line per block, or the reply itself where it is no list.</summary>
    /// <param name="reply">The reply.</param>
    public static string Render(string reply)
    {
        IReadOnlyList<BlockExplanation> blocks = Read(reply);
        if (blocks.Count == 0)
        {
            return VisibleText.Of(reply);
        }

        var text = new StringBuilder();
        foreach (BlockExplanation block in blocks)
        {
            string verdict = block.Correct switch { true => "correct", false => "wrong", null => "unclear" };
            text.Append(block.Block).Append(" (").Append(block.Content.ReplaceLineEndings("; ")).Append("): ").Append(verdict).Append(". ").Append(block.Explanation).Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    private static BlockExplanation Block(JsonElement item) => new(
        Text(item, "block"),
        Text(item, "content"),
        item.TryGetProperty("correct", out JsonElement correct) ? correct.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when bool.TryParse(correct.GetString(), out bool said) => said,
            _ => null,
        }
        : null,
        Text(item, "explanation"));

    private static string Text(JsonElement item, string name) =>
        !item.TryGetProperty(name, out JsonElement value) ? "" : value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
