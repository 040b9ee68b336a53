using System.Collections.Immutable;

namespace Agents.Runtime.Plugins;

/// <summary>One line of <c>agents plugins list</c>.</summary>
/// <param name="Id">Id from the manifest, or the folder's name when the manifest cannot be read.</param>
/// <param name="Version">Version from the manifest; empty when it cannot be read.</param>
/// <param name="State">Where the plugin stands.</param>
/// <param name="Reason">Why it was refused, failed or lingers; null when all is well.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Hash">Hash of the manifest; empty when it cannot be read.</param>
/// <param name="Features">Features it offers.</param>
public sealed record PluginStatus(
    string Id, string Version, PluginState State, string? Reason, string Folder, string Hash, ImmutableArray<ManifestFeature> Features);
