using Agents.Plugins.Malt.Pipeline;

namespace Agents.Plugins.Malt.Data;

/// <summary>A text for supervised fine-tuning of one role.</summary>
/// <param name="Role">The role.</param>
/// <param name="Context">What it read.</param>
/// <param name="Target">What it is to write.</param>
/// <param name="Value">Value of the text.</param>
/// <param name="Correct">Whether the text's own answer is right; null where it has none or nobody judged it.</param>
public sealed record RoleExample(MaltRole Role, RoleContext Context, string Target, double Value, bool? Correct)
{
    /// <summary>Gets the call that wrote it; null where it is unknown.</summary>
    public int? NodeId { get; init; }
}
