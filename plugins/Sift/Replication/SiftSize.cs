using Agents.Replication;

namespace Agents.Plugins.Sift.Replication;

/// <summary>Sizes of the replication.</summary>
/// <param name="Items">Questions per seed; every seed has its own.</param>
internal sealed record SiftSize(int Items)
{
    /// <summary>Returns the sizes of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static SiftSize Of(ReplicationProfile profile) => profile == ReplicationProfile.Full ? new(400) : new(100);
}
