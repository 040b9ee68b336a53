namespace Agents.Runtime.Trajectories;

/// <summary>What a recorder did so far.</summary>
/// <param name="Written">Requests written.</param>
/// <param name="LeftOut">Requests left out because the queue was full.</param>
/// <param name="Failed">Requests lost because they could not be written.</param>
/// <param name="Bytes">Bytes written.</param>
public readonly record struct TrajectoryRecorderCounts(long Written, long LeftOut, long Failed, long Bytes);
