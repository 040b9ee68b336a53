namespace Agents.Runtime.Trajectories;

/// <summary>What was asked.</summary>
/// <param name="Question">The last user message.</param>
public sealed record TrajectoryTask(string Question)
{
    /// <summary>Gets the stable id; empty when it has none.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the task family or question file; null when it is no known task.</summary>
    public string? Family { get; init; }

    /// <summary>Gets the part of the family: <c>train</c>, <c>validation</c> or <c>test</c>; null when it has none.</summary>
    public string? Split { get; init; }

    /// <summary>Gets the right answer; null when none was known.</summary>
    public string? Reference { get; init; }
}
