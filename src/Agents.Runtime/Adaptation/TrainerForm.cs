namespace Agents.Runtime.Adaptation;

/// <summary>What the memory of a trainer depends on: trainers of one form can take each other's place.</summary>
/// <param name="Rank">Rank of the adapter.</param>
/// <param name="Alpha">Alpha of the adapter.</param>
/// <param name="MaximumGradientNorm">Clipping.</param>
/// <param name="Rows">Most rows of a micro-batch.</param>
internal readonly record struct TrainerForm(int Rank, double Alpha, double MaximumGradientNorm, int Rows);
