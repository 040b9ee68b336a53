using Agents.Budgets;

namespace Agents.Runtime.Reasoning;

/// <summary>Settings of the engine.</summary>
public sealed record ReasoningEngineOptions
{
    /// <summary>Gets the budget of requests that name none. Default: no limits.</summary>
    public Budget DefaultBudget { get; init; } = Budget.Unlimited;

    /// <summary>Gets how deep strategies may call strategies. Default 4, range 1 to 32; 1 forbids nesting.</summary>
    public int MaximumDepth { get; init; } = 4;

    /// <summary>Gets how long a strategy may take to end after a hard limit or a cancellation. Default 2 s; then the engine leaves it behind and says so.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        try
        {
            DefaultBudget.Validate();
        }
        catch (ArgumentException error)
        {
            broken.Add(error.Message);
        }

        if (MaximumDepth is < 1 or > 32)
        {
            broken.Add($"the maximum depth is {MaximumDepth}, it must lie in 1 … 32");
        }

        if (StopGrace <= TimeSpan.Zero)
        {
            broken.Add($"the stop grace is {StopGrace.TotalSeconds} s, it must be positive");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The engine options are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
