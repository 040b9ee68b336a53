namespace Agents.Models.Constraints.Automata;

/// <summary>Allowed tokens of a state.</summary>
/// <param name="Bits">One bit per token id.</param>
/// <param name="Farthest">Upper bound on the fewest bytes to completion behind any of them.</param>
internal sealed record TokenMask(uint[] Bits, long Farthest);
