namespace Agents.Reasoning;

/// <summary>The best answer so far; returned when the budget ends the request before the strategy does.</summary>
/// <param name="Answer">The draft.</param>
public sealed record DraftUpdate(ReasoningAnswer Answer) : ReasoningUpdate;
