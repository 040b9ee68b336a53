namespace Agents.Plugins.SelfAggregation.Replication;

/// <summary>Samples of the current model, one list per training question.</summary>
/// <param name="Texts">Candidates by question.</param>
internal sealed record OwnSamples(IReadOnlyList<IReadOnlyList<string>> Texts);
