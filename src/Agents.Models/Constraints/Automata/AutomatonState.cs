namespace Agents.Models.Constraints.Automata;

/// <summary>All ways to have read the text so far, as one state of the lazily built deterministic automaton.</summary>
/// <param name="positions">The ways, in order.</param>
/// <param name="completes">Whether the bottom of the stack was reached: the text is complete, or the part above an unknown bottom is.</param>
/// <param name="distance">Fewest bytes to completion.</param>
/// <param name="need">Deepest stack that the positions need for their shortest completion.</param>
internal sealed class AutomatonState(Position[] positions, bool completes, long distance, int need)
{
    public Position[] Positions { get; } = positions;

    public bool Completes { get; } = completes;

    public long Distance { get; } = distance;

    public int Need { get; } = need;

    public bool IsDead => Positions.Length == 0 && !Completes;

    /// <summary>Gets or sets the age of the derived data below; older data is dropped on the next touch.</summary>
    public int Epoch { get; set; }

    /// <summary>Gets or sets the next state by class of byte; null where it is not known yet.</summary>
    public AutomatonState?[]? Next { get; set; }

    /// <summary>Gets or sets the allowed tokens; null when not computed.</summary>
    public TokenMask? Mask { get; set; }

    /// <summary>Gets or sets the allowed tokens of a state over an unknown bottom; null when not computed.</summary>
    public LocalMask? Local { get; set; }
}
