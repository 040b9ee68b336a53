using Microsoft.Extensions.AI;

namespace Agents.Reasoning;

/// <summary>What is to be answered.</summary>
/// <param name="Messages">The conversation, never flattened to text; the last message is the one to answer.</param>
public sealed record ReasoningTask(IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>Gets the caller's options (tools, response format, stop sequences); strategies pass them on to the calls that produce answers.</summary>
    public ChatOptions? Options { get; init; }

    /// <summary>Gets a stable id of the task, used in traces and random streams.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the text of the last user message; empty when there is none.</summary>
    public string Question => Messages.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "";

    /// <summary>Creates a task of one user message.</summary>
    /// <param name="question">The question.</param>
    /// <exception cref="ArgumentException">The question is empty.</exception>
    public static ReasoningTask FromQuestion(string question)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        return new ReasoningTask([new ChatMessage(ChatRole.User, question)]);
    }
}
