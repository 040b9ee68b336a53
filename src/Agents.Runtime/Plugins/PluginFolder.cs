namespace Agents.Runtime.Plugins;

/// <summary>A folder whose subfolders are plugins.</summary>
/// <param name="Path">The folder; may be missing, then it holds no plugins.</param>
/// <param name="Trust">How its plugins are treated.</param>
public sealed record PluginFolder(string Path, PluginTrust Trust);
