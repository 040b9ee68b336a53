using Agents.Training.Loops;

namespace Agents.Runtime.Learning;

/// <summary>What a recipe made.</summary>
/// <param name="Training">What the run did.</param>
/// <param name="ModelPath">The finished model file; for LoRA the adapter as GGUF, beside which <c>NAME-peft</c> holds the same for PEFT.</param>
public sealed record RecipeResult(TrainingResult Training, string ModelPath);
