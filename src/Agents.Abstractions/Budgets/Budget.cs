namespace Agents.Budgets;

/// <summary>Limits of one request. Absent limits do not apply. The hard limit cancels and keeps the best answer so far; at the soft limit a strategy should start to conclude.</summary>
public sealed record Budget
{
    /// <summary>Gets the budget without limits.</summary>
    public static Budget Unlimited { get; } = new();

    /// <summary>Gets the number of prompt and completion tokens of all model calls together.</summary>
    public long? Tokens { get; init; }

    /// <summary>Gets the number of model calls, attempts included.</summary>
    public int? Calls { get; init; }

    /// <summary>Gets the wall-clock time.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets the money, in the currency of the configured prices.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Gets the share of each limit at which the soft limit is reached. Default 0.8, range (0, 1].</summary>
    public double SoftShare { get; init; } = 0.8;

    /// <summary>Checks all limits.</summary>
    /// <exception cref="ArgumentException">Lists every limit that cannot be met.</exception>
    public void Validate()
    {
        List<string>? broken = null;
        if (Tokens is <= 0)
        {
            (broken ??= []).Add($"tokens is {Tokens}, it must be at least 1");
        }

        if (Calls is <= 0)
        {
            (broken ??= []).Add($"calls is {Calls}, it must be at least 1");
        }

        if (Duration is { } duration && duration <= TimeSpan.Zero)
        {
            (broken ??= []).Add($"duration is {duration.TotalSeconds} s, it must be positive");
        }

        if (Cost is < 0)
        {
            (broken ??= []).Add($"cost is {Cost}, it must not be negative");
        }

        if (SoftShare is not (> 0 and <= 1))
        {
            (broken ??= []).Add($"the soft share is {SoftShare}, it must lie in (0, 1]");
        }

        if (broken is not null)
        {
            throw new ArgumentException("The budget is impossible: " + string.Join("; ", broken) + ".");
        }
    }
}
