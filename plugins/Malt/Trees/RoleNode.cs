using Agents.Plugins.Malt.Pipeline;

namespace Agents.Plugins.Malt.Trees;

/// <summary>A text of one role in a tree, with the texts that were written with it in view.</summary>
/// <param name="Role">Who wrote it.</param>
/// <param name="Text">The text.</param>
public sealed record RoleNode(MaltRole Role, string Text)
{
    /// <summary>Gets the texts of the next role; none for a refiner.</summary>
    public IReadOnlyList<RoleNode> Children { get; init; } = [];

    /// <summary>Gets the canonical final answer in the text; null when it has none.</summary>
    public string? Answer { get; init; }

    /// <summary>Gets whether the text's own answer is right; null when nobody judged it. Of a leaf this is its reward.</summary>
    public bool? Correct { get; init; }

    /// <summary>Gets the call in the trace; null for a tree that was not sampled here.</summary>
    public int? NodeId { get; init; }

    /// <summary>Gets the backed-up value in [0, 1]; null before the back-up, and where no leaf below was judged.</summary>
    public double? Value { get; init; }

    /// <summary>Gets whether the value lies above the threshold; null where there is no value.</summary>
    public bool? Positive { get; init; }
}
