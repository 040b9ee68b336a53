using Agents.Training.Loops;

namespace Agents.Runtime.Learning;

/// <summary>What a recipe made.</summary>
/// <param name="Training">What the run did.</param>
/// <param name="ModelPath">The finished model file.</param>
public sealed record RecipeResult(TrainingResult Training, string ModelPath);
