namespace Agents.Plugins.Auto.Certainty;

/// <summary>A threshold and what it did on the questions it was chosen on. Measure it on others: it was fitted to these.</summary>
/// <param name="Threshold">Answers at least this certain stand; null where none may.</param>
/// <param name="Accepted">Share of the questions whose first answer stands.</param>
/// <param name="Accuracy">Share of right answers among those; 0 without any.</param>
/// <param name="ExpectedCost">Mean cost of a question: the first answer, and the further rungs where it does not stand.</param>
public sealed record ThresholdChoice(double? Threshold, double Accepted, double Accuracy, double ExpectedCost);
