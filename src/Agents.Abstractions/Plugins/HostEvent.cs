namespace Agents.Plugins;

/// <summary>Events of the host that a plugin may listen to. New values may appear; ignore unknown ones.</summary>
public enum HostEvent
{
    /// <summary>A plugin became active.</summary>
    PluginActivated = 0,

    /// <summary>A plugin was unloaded or faulted.</summary>
    PluginDeactivated = 1,

    /// <summary>Another generation of weights began to serve.</summary>
    GenerationChanged = 2,
}
