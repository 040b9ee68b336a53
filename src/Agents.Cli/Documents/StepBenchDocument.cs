using Agents.Training.Speed;

namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents bench train</c>.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Kernels">Instruction level in use.</param>
/// <param name="ModelBytes">Bytes of the weights as they are kept for the adapter's steps.</param>
/// <param name="Steps">The figures, one per kind of step.</param>
/// <param name="Omitted">Steps that were asked for and left out, each with the reason.</param>
internal sealed record StepBenchDocument(string Model, string Kernels, long ModelBytes, IReadOnlyList<StepReport> Steps, IReadOnlyList<string> Omitted);
