namespace Agents.Runtime.Budgets;

/// <summary>What a model's tokens cost, per million, in the currency of the budget. Default: nothing.</summary>
/// <param name="PromptPerMillion">Price of a million prompt tokens.</param>
/// <param name="CompletionPerMillion">Price of a million completion tokens.</param>
public readonly record struct TokenPrices(decimal PromptPerMillion, decimal CompletionPerMillion)
{
    /// <summary>Returns the price of one call.</summary>
    /// <param name="promptTokens">Tokens read.</param>
    /// <param name="completionTokens">Tokens written.</param>
    public decimal Of(long promptTokens, long completionTokens) =>
        ((promptTokens * PromptPerMillion) + (completionTokens * CompletionPerMillion)) / 1_000_000m;
}
