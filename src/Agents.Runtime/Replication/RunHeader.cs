using Agents.Replication;

namespace Agents.Runtime.Replication;

/// <summary>What a run folder belongs to: a run that differs in any of these must not continue it.</summary>
/// <param name="Schema">Version of the journal's format and of what the laboratory computes.</param>
/// <param name="Paper">Number of the specification.</param>
/// <param name="Profile">Size of the run.</param>
/// <param name="Seeds">The seeds, in order, joined by commas.</param>
/// <param name="Model">Name of the model under test; it selects prompts.</param>
/// <param name="Generation">Hash of its weights.</param>
internal sealed record RunHeader(int Schema, string Paper, ReplicationProfile Profile, string Seeds, string Model, string Generation)
{
    /// <summary>Raise it when equal inputs give other observations, so that old folders are refused instead of mixed.</summary>
    public const int CurrentSchema = 1;
}
