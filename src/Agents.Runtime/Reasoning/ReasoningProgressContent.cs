using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Reasoning;

/// <summary>Progress of a strategy inside a chat stream. It is no text, so readers that only append text never see it.</summary>
/// <param name="update">The strategy's update: a step that started or finished, or a draft.</param>
public sealed class ReasoningProgressContent(ReasoningUpdate update) : AIContent
{
    /// <summary>Gets the strategy's update.</summary>
    public ReasoningUpdate Update { get; } = update;
}
