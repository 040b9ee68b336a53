using Microsoft.Extensions.AI;

namespace Agents.Models;

/// <summary>A conversation and the assistant's message to learn after it.</summary>
/// <param name="Prompt">The conversation.</param>
/// <param name="Target">The assistant's message.</param>
/// <param name="Options">Options of the calls that will be answered, of which tools and instructions are read; null for none.</param>
public sealed record AdaptationConversation(IReadOnlyList<ChatMessage> Prompt, ChatMessage Target, ChatOptions? Options = null);
