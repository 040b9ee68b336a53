namespace Agents.Models;

/// <summary>A conversation as the model reads it, and what the assistant writes after it.</summary>
/// <param name="PromptTokenIds">The conversation with the assistant's turn opened.</param>
/// <param name="TargetTokenIds">The assistant's text and the token that ends the turn.</param>
public sealed record EncodedConversation(IReadOnlyList<int> PromptTokenIds, IReadOnlyList<int> TargetTokenIds);
