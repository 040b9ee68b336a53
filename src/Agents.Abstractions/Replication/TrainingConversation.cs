using Microsoft.Extensions.AI;

namespace Agents.Replication;

/// <summary>A prompt and the text to be learned after it.</summary>
/// <param name="Prompt">The conversation so far.</param>
/// <param name="Target">The assistant's text.</param>
public sealed record TrainingConversation(IReadOnlyList<ChatMessage> Prompt, string Target);
