namespace Agents.Runtime.Trajectories;

/// <summary>A message of a prompt.</summary>
/// <param name="Role">Who wrote it, for example <c>user</c>.</param>
/// <param name="Content">Its text.</param>
public sealed record TrajectoryMessage(string Role, string Content)
{
    /// <summary>Gets kinds of content that are no text, for example <c>toolCall</c>; they are not recorded.</summary>
    public IReadOnlyList<string>? Other { get; init; }
}
