using Agents.Replication;

namespace Agents.Plugins.SelfAggregation.Replication;

/// <summary>A hash of an item that is the same in every process (64-bit FNV-1a over its id).</summary>
internal static class ItemHash
{
    /// <summary>Hashes.</summary>
    /// <param name="item">The item.</param>
    public static ulong Of(ExperimentItem item) => item.Id.Aggregate(14695981039346656037, (hash, unit) => (hash ^ unit) * 1099511628211);
}
