namespace Agents.Runtime.Plugins;

/// <summary>Where a plugin stands.</summary>
public enum PluginState
{
    /// <summary>The folder was found, nothing was checked.</summary>
    Found = 0,

    /// <summary>A check before loading failed; no code of the plugin ran.</summary>
    Refused = 1,

    /// <summary>All features are available.</summary>
    Active = 2,

    /// <summary>The plugin's own code failed while it was loaded.</summary>
    Faulted = 3,

    /// <summary>Too many faults in ten minutes; it stays off until it is loaded again on purpose.</summary>
    Disabled = 4,

    /// <summary>No new calls; waiting for calls in flight.</summary>
    Draining = 5,

    /// <summary>Unloaded, and its memory is gone.</summary>
    Unloaded = 6,

    /// <summary>Unloaded, but something still refers to it.</summary>
    Lingering = 7,
}
