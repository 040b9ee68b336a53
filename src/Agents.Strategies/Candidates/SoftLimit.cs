using Agents.Budgets;
using Microsoft.Extensions.AI;

namespace Agents.Strategies.Candidates;

/// <summary>
/// Whether to conclude with what is there. The number of calls does not count here: these strategies plan their calls to the last one, and a planned last call that is
/// dropped at 80 % of a call budget would silently turn aggregation into a vote.
/// </summary>
public static class SoftLimit
{
    /// <summary>Returns whether tokens, time or money have reached their soft share.</summary>
    /// <param name="budget">The budget.</param>
    public static bool Reached(IBudgetMeter budget)
    {
        BudgetUsage used = budget.Used;
        Budget limits = budget.Limits;
        return used.Tokens >= limits.Tokens * limits.SoftShare
            || used.Elapsed >= limits.Duration * limits.SoftShare
            || (used.Cost > 0 && used.Cost >= limits.Cost * (decimal)limits.SoftShare);
    }

    /// <summary>Returns whether the tokens that are left pay for a call. One that they do not pay for would be cut off after its first word, and that word be the answer.</summary>
    /// <param name="budget">The budget.</param>
    /// <param name="messages">What the call reads.</param>
    /// <param name="text">A text about as long as the one that it writes.</param>
    public static bool Pays(IBudgetMeter budget, IReadOnlyList<ChatMessage> messages, string text) =>
        budget.RemainingTokens >= messages.Sum(message => (long)VisibleText.Count(message.Text, null)) + VisibleText.Count(text, null);
}
