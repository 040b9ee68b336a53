namespace Agents.Evaluation.Roles;

/// <summary>An earlier turn of a role example: a prompt and the reply to it.</summary>
/// <param name="Prompt">Name of the prompt; empty means that variable "question" is the user's message.</param>
/// <param name="Variables">Variables of the prompt.</param>
/// <param name="Reply">What was replied.</param>
public sealed record RoleTurn(string Prompt, IReadOnlyDictionary<string, object?> Variables, string Reply);
