namespace Agents.Models;

/// <summary>A part of an alternative of an <see cref="OutputConstraint"/>.</summary>
/// <param name="Text">A fixed text, or a JSON schema.</param>
/// <param name="IsSchema">Whether the part is JSON that the schema accepts; otherwise it is the text itself.</param>
public sealed record OutputPart(string Text, bool IsSchema);
