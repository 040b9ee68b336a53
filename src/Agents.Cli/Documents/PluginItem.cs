namespace Agents.Cli.Documents;

/// <summary>A plugin as the <c>plugins</c> commands show it.</summary>
/// <param name="Id">Its id, or the folder's name when the manifest cannot be read.</param>
/// <param name="Version">Its version.</param>
/// <param name="State">Where it stands, for example Active or Refused.</param>
/// <param name="Reason">Why it is not active; null when it is.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Trust">FirstParty or ThirdParty.</param>
/// <param name="Hash">Hash of the manifest: what an operator can pin.</param>
/// <param name="Features">What it offers.</param>
internal sealed record PluginItem(
    string Id, string Version, string State, string? Reason, string Folder, string Trust, string Hash, IReadOnlyList<FeatureItem> Features);
