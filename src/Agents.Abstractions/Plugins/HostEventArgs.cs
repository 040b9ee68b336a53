namespace Agents.Plugins;

/// <summary>Data of a host event.</summary>
/// <param name="Kind">Which event.</param>
/// <param name="Subject">Id of the plugin or generation concerned.</param>
public sealed record HostEventArgs(HostEvent Kind, string Subject);
