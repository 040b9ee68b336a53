namespace Agents.Models;

/// <summary>Asks for the log-probabilities of given continuations of one prefix.</summary>
/// <param name="PrefixTokenIds">Shared prefix, computed once. When empty, the first token of a continuation has no prediction and scores 0.</param>
/// <param name="Continuations">Continuations to score, each a list of token ids.</param>
public sealed record ScoreRequest(IReadOnlyList<int> PrefixTokenIds, IReadOnlyList<IReadOnlyList<int>> Continuations)
{
    /// <summary>Gets the temperature at which log-probabilities are taken. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the adapters under which everything is scored, as a weighted mixture. Default none: the base model.</summary>
    public IReadOnlyList<AdapterUse> Adapters { get; init; } = [];
}
