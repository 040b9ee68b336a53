namespace Agents.Reasoning;

/// <summary>A step begins.</summary>
/// <param name="NodeId">The step's node in the trace.</param>
/// <param name="Name">Name of the step, for example <c>candidates</c>.</param>
public sealed record StepStartedUpdate(int NodeId, string Name) : ReasoningUpdate;
