namespace Agents.Training.Adapters;

/// <summary>What an adapter trainer computes twice to save memory. Changes no bit of the result.</summary>
/// <param name="RecomputeLayers">Whether only the inputs of layers are kept.</param>
/// <param name="ChunkRows">Rows of logits at a time.</param>
internal readonly record struct AdapterMemoryChoice(bool RecomputeLayers, int ChunkRows);
