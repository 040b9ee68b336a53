namespace Agents.Training.Rollouts;

/// <summary>What it took to make a batch.</summary>
/// <param name="Drawn">Groups that were sampled or found in the journal.</param>
/// <param name="Sampling">Time from asking for completions to the last one.</param>
/// <param name="Scoring">Time in verifiers and in the reference; runs beside the sampling of other groups.</param>
/// <param name="Tokens">Tokens sampled; those from the journal do not count.</param>
internal readonly record struct BatchWork(int Drawn, TimeSpan Sampling, TimeSpan Scoring, long Tokens);
