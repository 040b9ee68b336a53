namespace Agents.Runtime.Budgets;

/// <summary>A strategy that makes calls, and the strategy around it. A call must not wait for a stream that is read by a strategy which is waiting for the call.</summary>
/// <param name="outer">The strategy around it; null for the request's own.</param>
public sealed class BudgetCaller(BudgetCaller? outer = null)
{
    /// <summary>Returns whether this is a strategy itself or lies inside of it.</summary>
    /// <param name="other">The strategy.</param>
    public bool IsWithin(BudgetCaller other)
    {
        for (BudgetCaller? at = this; at is not null; at = at.Outer)
        {
            if (ReferenceEquals(at, other))
            {
                return true;
            }
        }

        return false;
    }

    private BudgetCaller? Outer { get; } = outer;
}
