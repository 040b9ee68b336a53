using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Trajectories;

/// <summary>The different prompts of a trace: siblings read one prompt, which is stored once.</summary>
internal sealed class TrajectoryPrompts
{
    private readonly List<TrajectoryPrompt> _items = [];
    private readonly List<(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<int>? Tokens)> _sources = [];

    /// <summary>Gets the prompts in order of first use.</summary>
    public IReadOnlyList<TrajectoryPrompt> Items => _items;

    /// <summary>Returns the place of a call's prompt; null for everything that is no call.</summary>
    /// <param name="node">A node.</param>
    public int? IndexOf(TraceNode node)
    {
        if (node.Prompt is not { } messages)
        {
            return null;
        }

        IReadOnlyList<int>? tokens = node.Record?.PromptTokenIds;
        for (int i = _sources.Count - 1; i >= 0; i--)
        {
            if (SameTokens(_sources[i].Tokens, tokens) && (ReferenceEquals(_sources[i].Messages, messages) || SameTexts(_items[i].Messages, messages)))
            {
                return i;
            }
        }

        _sources.Add((messages, tokens));
        _items.Add(new TrajectoryPrompt([.. messages.Select(Message)]) { Tokens = tokens });
        return _items.Count - 1;
    }

    private static bool SameTokens(IReadOnlyList<int>? left, IReadOnlyList<int>? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && left.Count == right.Count && left.SequenceEqual(right));

    private static bool SameTexts(IReadOnlyList<TrajectoryMessage> left, IReadOnlyList<ChatMessage> right) =>
        left.Count == right.Count && left.Zip(right, (known, message) => known.Role == message.Role.Value && known.Content == message.Text && known.Other is null && !HasOther(message)).All(same => same);

    private static bool HasOther(ChatMessage message) => message.Contents.Any(content => content is not TextContent);

    private static TrajectoryMessage Message(ChatMessage message) => new(message.Role.Value, message.Text)
    {
        Other = HasOther(message) ? [.. message.Contents.Where(content => content is not TextContent).Select(KindOf)] : null,
    };

    private static string KindOf(AIContent content) => content switch
    {
        FunctionCallContent => "toolCall",
        FunctionResultContent => "toolResult",
        TextReasoningContent => "reasoning",
        DataContent or UriContent => "data",
        _ => "other",
    };
}
