using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Synthesis;

/// <summary>A question that a model wrote, with the answer that it wrote for it. Nobody has checked that the answer is right.</summary>
/// <param name="Question">x'.</param>
/// <param name="Answer">y', the complete response to learn.</param>
public sealed record SyntheticPair(string Question, string Answer)
{
    /// <summary>Gets the call that is the answer, where functions are offered by the request's options; null where the answer is text.</summary>
    public FunctionCallContent? Call { get; init; }

    /// <summary>Gets the answer as the assistant's message.</summary>
    public ChatMessage Target => Call is null ? new ChatMessage(ChatRole.Assistant, Answer) : new ChatMessage(ChatRole.Assistant, [Call]);
}
