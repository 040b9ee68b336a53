namespace Agents.Reasoning;

/// <summary>The answer; the last update of a strategy.</summary>
/// <param name="Answer">The answer.</param>
public sealed record AnswerUpdate(ReasoningAnswer Answer) : ReasoningUpdate;
