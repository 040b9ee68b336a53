namespace Agents.Models.Templates;

/// <summary>A part of a rendered prompt.</summary>
/// <param name="Text">The text.</param>
/// <param name="Kind">Where it comes from.</param>
/// <param name="IsTarget">Whether the assistant writes it (including its end token), so that supervised training learns it.</param>
public readonly record struct PromptSegment(string Text, PromptSegmentKind Kind, bool IsTarget)
{
    /// <summary>Whether the text comes from the template and not from a turn.</summary>
    public bool IsTemplate => Kind != PromptSegmentKind.Content;
}
