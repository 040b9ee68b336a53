using System.Text.Json;

namespace Agents.Runtime.Trajectories;

/// <summary>Options of a request; absent values mean the strategy's defaults.</summary>
public sealed record TrajectoryOptions
{
    /// <summary>Gets the number of candidates.</summary>
    public int? Samples { get; init; }

    /// <summary>Gets the temperature.</summary>
    public double? Temperature { get; init; }

    /// <summary>Gets the token limit of each call.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Gets the seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets the strategy's own settings.</summary>
    public JsonElement? Settings { get; init; }
}
