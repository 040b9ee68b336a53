namespace Agents.Models.Constraints.Grammars;

/// <summary>A rule: a fragment of states that other fragments call.</summary>
/// <param name="Name">Name for messages.</param>
/// <param name="Start">State before the text of the rule.</param>
/// <param name="End">State behind it, without edges.</param>
internal sealed record GrammarRule(string Name, int Start, int End);
