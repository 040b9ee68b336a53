namespace Agents.Models.Templates;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">One of the constants in <see cref="TurnRoles"/>.</param>
/// <param name="Content">The text; never parsed for control tokens.</param>
public sealed record ChatTurn(string Role, string Content);
