namespace Agents.Plugins.Sift.Stickers;

/// <summary>A restatement of a question: what is given and what is asked.</summary>
/// <param name="Text">The text that prompts show.</param>
/// <param name="Conditions">The given facts.</param>
/// <param name="Question">What is asked; empty where it could not be told from the facts.</param>
public sealed record Sticker(string Text, IReadOnlyList<string> Conditions, string Question)
{
    /// <summary>Returns the conditions that another sticker does not have, word for word.</summary>
    /// <param name="other">The other sticker.</param>
    public IReadOnlyList<string> Beyond(Sticker other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return [.. Conditions.Except(other.Conditions, StringComparer.OrdinalIgnoreCase)];
    }
}
