namespace Agents.Runtime.Learning;

/// <summary>The part <c>rejection</c> of a recipe.</summary>
/// <param name="Rounds">How often is sampled, filtered and trained; every round makes the planned steps with fresh moments.</param>
/// <param name="Sampling">How answers are sampled.</param>
/// <param name="KeepPerQuestion">Most different right answers of a question that are learned.</param>
public sealed record RejectionSettings(int Rounds, SamplingSettings Sampling, int KeepPerQuestion);
