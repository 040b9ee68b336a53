namespace Agents.Evaluation.Tasks;

/// <summary>Where a generated item came from: enough to draw it again.</summary>
/// <param name="Seed">Seed of the set.</param>
/// <param name="Index">Index of the item in its split.</param>
/// <param name="Attempt">How many draws fell into other splits before this one.</param>
public readonly record struct TaskLineage(ulong Seed, long Index, int Attempt);
