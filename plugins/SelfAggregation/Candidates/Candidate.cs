using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Candidates;

/// <summary>One sampled answer.</summary>
/// <param name="Index">Place in sampling order, from 0.</param>
/// <param name="Response">The response.</param>
/// <param name="Answer">Its final answer in canonical form; null when it has none.</param>
public sealed record Candidate(int Index, ChatResponse Response, string? Answer)
{
    /// <summary>Gets the visible text.</summary>
    public string Text => Response.Text;
}
