using Agents.Models.Chat.Tools;

namespace Agents.Models.Chat;

/// <summary>A chat call as a token request.</summary>
/// <param name="Generation">The request.</param>
/// <param name="Tools">The tools that were offered; null for none.</param>
internal sealed record ChatRequest(GenerationRequest Generation, OfferedTools? Tools);
