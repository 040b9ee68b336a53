namespace Agents.Reasoning;

/// <summary>A piece of the final answer's text, streamed. Only the stage that produces the final answer yields these.</summary>
/// <param name="Text">Text to append.</param>
public sealed record TokenUpdate(string Text) : ReasoningUpdate;
