namespace Agents.Evaluation.Verification;

/// <summary>A final answer and how it was found.</summary>
/// <param name="Text">The answer as written, trimmed.</param>
/// <param name="Source">What marked it.</param>
public sealed record ExtractedAnswer(string Text, AnswerSource Source);
