namespace Agents.Reasoning;

/// <summary>A step ended.</summary>
/// <param name="NodeId">The step's node in the trace.</param>
/// <param name="Summary">One line for people; null when there is nothing to say.</param>
public sealed record StepFinishedUpdate(int NodeId, string? Summary = null) : ReasoningUpdate;
