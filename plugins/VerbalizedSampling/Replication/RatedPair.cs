namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>Two responses to one prompt as a rater ordered them.</summary>
/// <param name="Item">Index of the training item.</param>
/// <param name="Chosen">The preferred response.</param>
/// <param name="Rejected">The other one.</param>
internal sealed record RatedPair(int Item, string Chosen, string Rejected);
