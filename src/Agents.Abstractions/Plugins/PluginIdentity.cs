namespace Agents.Plugins;

/// <summary>Who a plugin is, from its manifest.</summary>
/// <param name="Id">Id of the plugin.</param>
/// <param name="Version">Version of the plugin.</param>
/// <param name="Folder">Folder its data files (prompts, settings) lie in.</param>
public sealed record PluginIdentity(string Id, string Version, string Folder);
