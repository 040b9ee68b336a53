namespace Agents.Runtime.Trajectories;

/// <summary>Limits of a request; absent ones did not apply.</summary>
public sealed record TrajectoryLimits
{
    /// <summary>Gets the limit of prompt and completion tokens.</summary>
    public long? Tokens { get; init; }

    /// <summary>Gets the limit of model calls.</summary>
    public int? Calls { get; init; }

    /// <summary>Gets the limit of time, in seconds.</summary>
    public double? Seconds { get; init; }

    /// <summary>Gets the limit of cost.</summary>
    public decimal? Cost { get; init; }
}
