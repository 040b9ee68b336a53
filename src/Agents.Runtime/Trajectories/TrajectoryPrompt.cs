namespace Agents.Runtime.Trajectories;

/// <summary>A prompt that one or more calls read.</summary>
/// <param name="Messages">The conversation.</param>
public sealed record TrajectoryPrompt(IReadOnlyList<TrajectoryMessage> Messages)
{
    /// <summary>Gets the prompt as the model read it; null where the backend does not give it.</summary>
    public IReadOnlyList<int>? Tokens { get; init; }
}
