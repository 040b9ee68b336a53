using System.Text.Json;
using Agents.Replication;

namespace Agents.Runtime.Replication;

/// <summary>A line of a run's journal: exactly one of header, observation, value and seconds.</summary>
internal sealed record RunLine
{
    /// <summary>Gets the header; in the first line only.</summary>
    public RunHeader? Header { get; init; }

    /// <summary>Gets the arm of an observation.</summary>
    public string? Arm { get; init; }

    /// <summary>Gets the seed of an observation.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets the item of an observation.</summary>
    public string? Item { get; init; }

    /// <summary>Gets the hash of the item's question, so that a changed data set is noticed.</summary>
    public ulong Question { get; init; }

    /// <summary>Gets the observation.</summary>
    public Observation? Seen { get; init; }

    /// <summary>Gets the key of a remembered value.</summary>
    public string? Key { get; init; }

    /// <summary>Gets the remembered value.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>Gets seconds of work that this process adds to those before.</summary>
    public double? Seconds { get; init; }
}
