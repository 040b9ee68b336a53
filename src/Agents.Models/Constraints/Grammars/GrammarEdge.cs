namespace Agents.Models.Constraints.Grammars;

/// <summary>One edge of a grammar.</summary>
/// <param name="Kind">What the edge reads.</param>
/// <param name="From">State it leaves.</param>
/// <param name="To">State behind it; for a call the state to return to.</param>
/// <param name="First">Smallest byte, or the rule that is called.</param>
/// <param name="Last">Largest byte.</param>
internal readonly record struct GrammarEdge(GrammarEdgeKind Kind, int From, int To, int First, int Last);
