using Microsoft.Extensions.AI;

namespace Agents.Testing;

/// <summary>A call that a scripted client received.</summary>
/// <param name="Messages">What was asked.</param>
/// <param name="Options">The options, engine's additions included; null when there were none.</param>
/// <param name="Text">What was answered.</param>
public sealed record ScriptedCall(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options, string Text);
