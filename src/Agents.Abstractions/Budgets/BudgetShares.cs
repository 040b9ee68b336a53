namespace Agents.Budgets;

/// <summary>Shares of what is left of a budget, as limits of nested strategies.</summary>
public static class BudgetShares
{
    /// <summary>Returns a share of what is left: rounded down, but never less than one call, one token, or no time at all. What has no limit stays without one.</summary>
    /// <param name="meter">The budget.</param>
    /// <param name="share">Share in (0, 1].</param>
    public static Budget Share(this IBudgetMeter meter, double share)
    {
        ArgumentNullException.ThrowIfNull(meter);
        if (share is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share of a budget lies in (0, 1].");
        }

        Budget limits = meter.Limits;
        BudgetUsage used = meter.Used;
        return new Budget
        {
            Calls = limits.Calls is null ? null : (int)Math.Max(1, Math.Floor(meter.RemainingCalls * share)),
            Tokens = limits.Tokens is null ? null : (long)Math.Max(1, Math.Floor(meter.RemainingTokens * share)),
            Duration = limits.Duration is { } duration ? TimeSpan.FromTicks((long)Math.Max(1, (duration - used.Elapsed).Ticks * share)) : null,
            Cost = limits.Cost is { } cost ? Math.Max(0, cost - used.Cost) * (decimal)share : null,
            SoftShare = limits.SoftShare,
        };
    }
}
