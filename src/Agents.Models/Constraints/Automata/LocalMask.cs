namespace Agents.Models.Constraints.Automata;

/// <summary>Allowed tokens of a state whose stack is unknown below some bottom: the part of a mask that many stacks share.</summary>
/// <param name="Bits">One bit per token id; a token that leaves the known part is set when it ends exactly there.</param>
/// <param name="Exits">Nodes of the token tree where the known part may be left while longer tokens go on.</param>
/// <param name="Farthest">Upper bound on the fewest bytes to the bottom behind any token.</param>
/// <param name="Depth">Calls above the bottom that were needed; the mask holds only where so many are allowed.</param>
internal sealed record LocalMask(uint[] Bits, int[] Exits, long Farthest, int Depth);
