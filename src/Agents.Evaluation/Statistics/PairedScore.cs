namespace Agents.Evaluation.Statistics;

/// <summary>Scores of two methods on the same sample of the same question.</summary>
/// <param name="Question">Identity of the question: the cluster that is resampled as a whole.</param>
/// <param name="Baseline">Score of the baseline.</param>
/// <param name="Method">Score of the method.</param>
public readonly record struct PairedScore(string Question, double Baseline, double Method);
