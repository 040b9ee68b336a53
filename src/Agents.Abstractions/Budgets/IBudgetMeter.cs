namespace Agents.Budgets;

/// <summary>
/// A strategy's view of its budget. The engine charges every call itself; a strategy only reads. A nested strategy with limits of its own sees those, and for what they leave
/// open the limits around it.
/// </summary>
public interface IBudgetMeter
{
    /// <summary>Gets the limits that apply.</summary>
    Budget Limits { get; }

    /// <summary>Gets what counts against these limits so far.</summary>
    BudgetUsage Used { get; }

    /// <summary>Gets whether any limit has reached its soft share: conclude with what is there.</summary>
    bool SoftLimitReached { get; }

    /// <summary>Gets how many more calls the hard limit allows, without those promised to nested strategies; <see cref="int.MaxValue"/> without a limit.</summary>
    int RemainingCalls { get; }

    /// <summary>Gets how many more tokens the hard limit allows, without those promised to nested strategies and calls in flight; <see cref="long.MaxValue"/> without a limit.</summary>
    long RemainingTokens { get; }
}
