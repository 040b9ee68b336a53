namespace Agents.Budgets;

/// <summary>A strategy's view of its budget. The engine charges every call itself; a strategy only reads.</summary>
public interface IBudgetMeter
{
    /// <summary>Gets the limits of the request.</summary>
    Budget Limits { get; }

    /// <summary>Gets what was used so far.</summary>
    BudgetUsage Used { get; }

    /// <summary>Gets whether any limit has reached its soft share: conclude with what is there.</summary>
    bool SoftLimitReached { get; }

    /// <summary>Gets how many more calls the hard limit allows; <see cref="int.MaxValue"/> without a limit.</summary>
    int RemainingCalls { get; }

    /// <summary>Gets how many more tokens the hard limit allows; <see cref="long.MaxValue"/> without a limit.</summary>
    long RemainingTokens { get; }
}
