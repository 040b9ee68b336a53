namespace Agents.Models.Templates.Jinja;

/// <summary>
/// What one template may use. Model files are hostile until shown otherwise; together these bound time and memory of parsing and of every rendering.
/// </summary>
public sealed record JinjaLimits
{
    /// <summary>Gets the longest template text in UTF-16 units. Default 1,048,576; published templates have up to some 20,000.</summary>
    public int SourceLength { get; init; } = 1 << 20;

    /// <summary>
    /// Gets the most steps of one rendering: evaluated nodes, list elements made or looked at, and 16 characters looked at count one each. Default 5,000,000.
    /// </summary>
    public long Steps { get; init; } = 5_000_000;

    /// <summary>Gets the deepest nesting of expressions, blocks and macro calls, in parsing and in evaluation. Default 400.</summary>
    public int Depth { get; init; } = 400;

    /// <summary>Gets the longest string in UTF-16 units, the rendered prompt included. Default 8,388,608.</summary>
    public int TextLength { get; init; } = 8 << 20;

    /// <summary>Gets the most UTF-16 units that all strings made in one rendering have together. Default 67,108,864.</summary>
    public long TotalText { get; init; } = 64L << 20;

    /// <summary>Gets the most elements of a list, a dictionary or a range. Default 100,000.</summary>
    public int Elements { get; init; } = 100_000;

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">A limit is not positive.</exception>
    public void Validate()
    {
        (string Name, long Value)[] all =
        [
            (nameof(SourceLength), SourceLength), (nameof(Steps), Steps), (nameof(Depth), Depth),
            (nameof(TextLength), TextLength), (nameof(TotalText), TotalText), (nameof(Elements), Elements),
        ];
        string[] failures = [.. all.Where(limit => limit.Value < 1).Select(limit => $"{limit.Name} is {limit.Value}")];
        if (failures.Length > 0)
        {
            throw new ArgumentException($"The template limits are invalid: {string.Join("; ", failures)}; expected at least 1.");
        }
    }
}
