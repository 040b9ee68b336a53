namespace Agents.Replication;

/// <summary>How large a replication is.</summary>
public enum ReplicationProfile
{
    /// <summary>One seed, at most ten minutes on two cores: shows that everything runs, never gives a verdict.</summary>
    Quick = 0,

    /// <summary>All arms and controls, at least three seeds, at most an hour on two idle cores: gives a verdict.</summary>
    Full = 1,
}
