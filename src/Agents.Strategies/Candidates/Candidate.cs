using Microsoft.Extensions.AI;

namespace Agents.Strategies.Candidates;

/// <summary>One sampled answer.</summary>
/// <param name="Index">Place in sampling order, from 0.</param>
/// <param name="Response">The response.</param>
/// <param name="FinalAnswer">The final answer as it stands in the text; null when it has none.</param>
/// <param name="Answer">The final answer in canonical form, which votes are counted by; null when it has none.</param>
public sealed record Candidate(int Index, ChatResponse Response, string? FinalAnswer, string? Answer)
{
    /// <summary>Gets the text without private thinking; empty where the model only thought or only called a tool.</summary>
    public string Text { get; } = VisibleText.Of(Response.Text);

    /// <summary>Gets how typical a model that listed several answers called this one, in [0, 1]; null where no list gave it. It says nothing about being right.</summary>
    public double? Weight { get; init; }

    /// <summary>Gets the message that answers when this candidate is chosen; it may carry tool calls.</summary>
    public ChatMessage Message => Response.Messages.Count > 0 ? Response.Messages[^1] : new ChatMessage(ChatRole.Assistant, "");
}
