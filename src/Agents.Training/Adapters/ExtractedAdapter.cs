using System.Collections.Immutable;
using Agents.Models.Adapters;

namespace Agents.Training.Adapters;

/// <summary>An adapter extracted from a weight difference, and what it leaves out.</summary>
/// <param name="Adapter">The adapter; the caller disposes it.</param>
/// <param name="Residuals">By name of the weight: Frobenius norm of what is lost, relative to the whole difference; 0 is exact.</param>
public sealed record ExtractedAdapter(LoraAdapter Adapter, ImmutableDictionary<string, double> Residuals);
