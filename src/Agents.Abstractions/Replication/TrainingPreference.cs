using Microsoft.Extensions.AI;

namespace Agents.Replication;

/// <summary>A prompt with a better and a worse continuation.</summary>
/// <param name="Prompt">The conversation so far.</param>
/// <param name="Chosen">The better text.</param>
/// <param name="Rejected">The worse text.</param>
public sealed record TrainingPreference(IReadOnlyList<ChatMessage> Prompt, string Chosen, string Rejected);
