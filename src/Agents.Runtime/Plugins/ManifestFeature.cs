namespace Agents.Runtime.Plugins;

/// <summary>A feature as a manifest announces it.</summary>
/// <param name="Kind">Extension point in kebab-case, for example <c>reasoning-strategy</c>.</param>
/// <param name="Id">Id of the feature.</param>
/// <param name="Summary">One sentence for people.</param>
public sealed record ManifestFeature(string Kind, string Id, string Summary);
