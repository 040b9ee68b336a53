namespace Agents.Benchmarks.Roles;

/// <summary>How well the lines of a sticker are those of the question.</summary>
/// <param name="Precision">Share of its lines that are facts of the question; 0 for an empty sticker.</param>
/// <param name="Recall">Share of the facts that it has.</param>
internal readonly record struct FactScore(double Precision, double Recall)
{
    /// <summary>Compares line by line; a line counts as often as both have it.</summary>
    /// <param name="sticker">The sticker.</param>
    /// <param name="facts">The facts.</param>
    public static FactScore Of(string sticker, IReadOnlyList<string> facts)
    {
        string[] lines = sticker.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        List<string> left = [.. facts];
        int shared = lines.Count(left.Remove);
        return new(lines.Length == 0 ? 0 : shared / (double)lines.Length, shared / (double)facts.Count);
    }
}
