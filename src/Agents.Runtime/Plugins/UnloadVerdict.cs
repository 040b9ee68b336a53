namespace Agents.Runtime.Plugins;

/// <summary>Result of unloading. Unloading is cooperative: it succeeds only when nothing refers to the plugin any more.</summary>
/// <param name="PluginId">The plugin.</param>
/// <param name="Unloaded">Whether its memory is gone.</param>
/// <param name="Collections">Full collections until it was gone, or that were tried.</param>
/// <param name="Reason">What probably keeps it alive; null when it is gone.</param>
public sealed record UnloadVerdict(string PluginId, bool Unloaded, int Collections, string? Reason);
