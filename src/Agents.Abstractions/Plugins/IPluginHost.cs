using System.Diagnostics.Metrics;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Agents.Plugins;

/// <summary>What the host grants a plugin. Everything obtained here is owned by the host and ends with the plugin.</summary>
public interface IPluginHost
{
    /// <summary>Gets who the plugin is.</summary>
    PluginIdentity Identity { get; }

    /// <summary>Gets the clock.</summary>
    TimeProvider Time { get; }

    /// <summary>Gets the factory of meters, disposed by the host on unload.</summary>
    IMeterFactory Meters { get; }

    /// <summary>Gets the log.</summary>
    ILoggerFactory Logging { get; }

    /// <summary>Reads the plugin's settings from the host's configuration. Source-generated JSON only: reflection-based serialization pins a collectible plugin for ever.</summary>
    /// <typeparam name="T">Settings type with defaults.</typeparam>
    /// <param name="type">Source-generated type information.</param>
    T Settings<T>(JsonTypeInfo<T> type)
        where T : class, new();

    /// <summary>Listens to a host event until the result is disposed, at the latest when the plugin is unloaded.</summary>
    /// <param name="kind">Which event.</param>
    /// <param name="handler">Called on a pool thread; must not throw.</param>
    IDisposable Subscribe(HostEvent kind, Action<HostEventArgs> handler);

    /// <summary>Returns a capability, or null when it was not granted: ask, and degrade.</summary>
    /// <typeparam name="T">A capability interface.</typeparam>
    T? Capability<T>()
        where T : class;
}
