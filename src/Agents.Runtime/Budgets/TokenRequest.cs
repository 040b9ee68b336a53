namespace Agents.Runtime.Budgets;

/// <summary>Calls that are about to start, and the tokens they want.</summary>
/// <param name="Asked">Most tokens that each is to write; null for as many as there are.</param>
/// <param name="PromptTokens">Estimate of the tokens that each reads.</param>
public readonly record struct TokenRequest(int? Asked, long PromptTokens = 0)
{
    /// <summary>Gets how many calls start as one group. Default 1.</summary>
    public int Calls { get; init; } = 1;

    /// <summary>Gets how many single calls start together, this one and those still to start; they share what is left and do not wait. Default 0: nothing is known.</summary>
    public int Together { get; init; }

    /// <summary>Gets the strategy that calls; null when unknown.</summary>
    public BudgetCaller? Caller { get; init; }

    /// <summary>Gets whether the caller reads a stream, so that the call ends only when the caller goes on.</summary>
    public bool Streams { get; init; }
}
