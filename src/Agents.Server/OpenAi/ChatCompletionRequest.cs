using Microsoft.Extensions.AI;

namespace Agents.Server.OpenAi;

/// <summary>A checked request.</summary>
/// <param name="Model">The model's id.</param>
/// <param name="Messages">The conversation.</param>
/// <param name="Options">Settings of each call, clamped.</param>
/// <param name="Choices">Number of answers.</param>
/// <param name="Stream">Whether the answer is sent as it is made.</param>
/// <param name="IncludeUsage">Whether a stream ends with the token counts.</param>
internal sealed record ChatCompletionRequest(string Model, IReadOnlyList<ChatMessage> Messages, ChatOptions Options, int Choices, bool Stream, bool IncludeUsage);
