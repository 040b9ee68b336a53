namespace Agents.Models.Inspection;

/// <summary>Asks for the residual stream of one sequence at chosen places.</summary>
/// <param name="TokenIds">The sequence, at least one token.</param>
/// <param name="Layers">Layers after which to read, 0 to the number of layers − 1; −1 for the embedded input.</param>
public sealed record ActivationRequest(IReadOnlyList<int> TokenIds, IReadOnlyList<int> Layers)
{
    /// <summary>Gets the positions to read, ascending. Default null, which reads all.</summary>
    public IReadOnlyList<int>? Positions { get; init; }
}
