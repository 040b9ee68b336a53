namespace Agents.Training.Rollouts;

/// <summary>Everything that decides what is sampled after a batch.</summary>
/// <param name="Draws">Prompts drawn so far.</param>
/// <param name="Prompts">State of the prompt sampler.</param>
/// <param name="PassRates">State of the pass rates.</param>
internal sealed record ProducerState(long Draws, byte[] Prompts, byte[] PassRates);
