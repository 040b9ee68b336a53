using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Strategies.Candidates;

/// <summary>Puts a rendered prompt in the place of the question, so that a later stage sees the same conversation, images and tool results as the first.</summary>
public static class Conversation
{
    /// <summary>Creates the messages of a later stage.</summary>
    /// <param name="task">The task; its last user message is restated by the prompt.</param>
    /// <param name="rendered">The rendered prompt.</param>
    public static IReadOnlyList<ChatMessage> Ask(ReasoningTask task, IReadOnlyList<ChatMessage> rendered)
    {
        if (task.Messages.Count == 0 || task.Messages[^1].Role != ChatRole.User)
        {
            // The question lies further back, followed by tool calls and results that must stay complete.
            return [.. task.Messages, .. rendered];
        }

        if (task.Messages.Count == 1 && IsText(task.Messages[0].Contents))
        {
            return rendered;
        }

        AIContent[] attached = [.. task.Messages[^1].Contents.Where(content => content is not TextContent)];
        ChatMessage[] asked = [.. rendered];
        if (attached.Length > 0 && asked.Length > 0)
        {
            asked[^1] = new ChatMessage(asked[^1].Role, [.. asked[^1].Contents, .. attached]);
        }

        return [.. task.Messages.Take(task.Messages.Count - 1), .. asked];
    }

    private static bool IsText(IList<AIContent> contents)
    {
        for (int i = 0; i < contents.Count; i++)
        {
            if (contents[i] is not TextContent)
            {
                return false;
            }
        }

        return true;
    }
}
