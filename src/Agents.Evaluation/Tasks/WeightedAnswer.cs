namespace Agents.Evaluation.Tasks;

/// <summary>One of several right answers and its true probability.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Probability">Probability among the right answers of its question; they sum to one.</param>
public sealed record WeightedAnswer(string Text, double Probability);
