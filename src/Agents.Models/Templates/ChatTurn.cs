namespace Agents.Models.Templates;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">One of the constants in <see cref="TurnRoles"/>.</param>
/// <param name="Content">The text; never parsed for control tokens.</param>
public sealed record ChatTurn(string Role, string Content)
{
    /// <summary>Gets what an assistant turn thought before it answered; null when that is unknown or part of the content.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Gets the tools that an assistant turn calls. Default none.</summary>
    public IReadOnlyList<ChatToolCall> ToolCalls { get; init; } = [];

    /// <summary>Gets the identity of the call that a tool turn answers; null when there is none.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Gets the name of the speaker or tool; null when there is none.</summary>
    public string? Name { get; init; }
}
