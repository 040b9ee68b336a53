using Agents.Evaluation.Speed;

namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents bench</c>.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Generation">Hash of its weights.</param>
/// <param name="Kernels">Instruction level in use.</param>
/// <param name="Rows">The figures.</param>
internal sealed record BenchDocument(string Model, string Generation, string Kernels, IReadOnlyList<SpeedRow> Rows);
