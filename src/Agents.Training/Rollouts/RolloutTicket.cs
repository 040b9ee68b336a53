namespace Agents.Training.Rollouts;

/// <summary>A prompt that is to be sampled.</summary>
/// <param name="Draw">Number of the draw in the run; it seeds the samples, so that the same draw gives the same tokens from the same weights.</param>
/// <param name="Prompt">The prompt.</param>
public sealed record RolloutTicket(long Draw, RolloutPrompt Prompt);
