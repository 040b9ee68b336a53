using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Reasoning;

/// <summary>What a strategy answers.</summary>
/// <param name="Message">The assistant message for the conversation; may carry tool calls.</param>
public sealed record ReasoningAnswer(ChatMessage Message)
{
    /// <summary>Gets the text of the message.</summary>
    public string Text => Message.Text;

    /// <summary>Gets the extracted final answer; null where the text has none.</summary>
    public string? FinalAnswer { get; init; }

    /// <summary>Gets figures about how the answer came about, for example <c>agreement</c> or <c>novel</c>; names are stable per strategy.</summary>
    public IReadOnlyDictionary<string, object?> Details { get; init; } = FactDictionary<object?>.Empty;
}
