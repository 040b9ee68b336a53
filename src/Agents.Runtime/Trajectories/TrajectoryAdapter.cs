namespace Agents.Runtime.Trajectories;

/// <summary>An adapter that a call ran with.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Weight">Its weight.</param>
public sealed record TrajectoryAdapter(string Id, double Weight);
