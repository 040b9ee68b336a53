namespace Agents.Models.Templates.Jinja;

/// <summary>What an assignment or a loop sets: one name, an attribute of a namespace, or several targets that a list is taken apart into.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Identifier">Name of a variable or namespace; empty for several targets.</param>
/// <param name="Attribute">Attribute of the namespace; null for a variable.</param>
/// <param name="Parts">The several targets; empty for one.</param>
internal sealed record JinjaTarget(JinjaPosition Position, string Identifier, string? Attribute, IReadOnlyList<JinjaTarget> Parts);
