using Agents.Plugins.Sift.Stickers;

namespace Agents.Plugins.Sift.Replication;

/// <summary>How well a sticker states the facts of a question (papers/49 §5 C): precision and recall over its lines, what is asked included.</summary>
/// <param name="Precision">Share of its lines that are facts of the question; 0 for an empty sticker.</param>
/// <param name="Recall">Share of the facts that it has; 1 for a question without facts.</param>
internal readonly record struct FactScore(double Precision, double Recall)
{
    /// <summary>Compares line by line; a line counts as often as both have it.</summary>
    /// <param name="sticker">The sticker.</param>
    /// <param name="facts">The facts of the question, the last one being what is asked.</param>
    public static FactScore Of(Sticker sticker, IReadOnlyList<string> facts)
    {
        string[] lines = [.. sticker.Conditions.Append(sticker.Question).Where(line => line.Length > 0)];
        List<string> left = [.. facts];
        int shared = lines.Count(left.Remove);
        return new(lines.Length == 0 ? 0 : shared / (double)lines.Length, facts.Count == 0 ? 1 : shared / (double)facts.Count);
    }
}
