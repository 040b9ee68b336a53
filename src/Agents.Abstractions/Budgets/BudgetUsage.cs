namespace Agents.Budgets;

/// <summary>What a request has used so far.</summary>
/// <param name="PromptTokens">Tokens read by all calls.</param>
/// <param name="CompletionTokens">Tokens written by all calls.</param>
/// <param name="Calls">Model calls, attempts included.</param>
/// <param name="Elapsed">Wall-clock time.</param>
/// <param name="Cost">Money, 0 without configured prices.</param>
public readonly record struct BudgetUsage(long PromptTokens, long CompletionTokens, int Calls, TimeSpan Elapsed, decimal Cost)
{
    /// <summary>Gets prompt and completion tokens together.</summary>
    public long Tokens => PromptTokens + CompletionTokens;
}
