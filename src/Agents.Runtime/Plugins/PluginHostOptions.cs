using System.Collections.Immutable;
using System.Text.Json;

namespace Agents.Runtime.Plugins;

/// <summary>Settings of the plugin host.</summary>
public sealed record PluginHostOptions
{
    /// <summary>Gets the folders that hold plugin folders, with their trust. Default none.</summary>
    public ImmutableArray<PluginFolder> Folders { get; init; } = [];

    /// <summary>Gets the manifest hashes that may load from third-party folders; null allows any third-party plugin found there. Default null.</summary>
    public ImmutableHashSet<string>? AllowedThirdPartyHashes { get; init; }

    /// <summary>Gets the ids of plugins that must not load. Default none.</summary>
    public ImmutableHashSet<string> Denied { get; init; } = [];

    /// <summary>Gets how long a constructor, <c>Describe</c> or <c>StartAsync</c> may take. Default 2 seconds.</summary>
    public TimeSpan StepLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets how long draining waits for calls in flight. Default 10 seconds.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how many full collections the unload verdict waits for. Default 10.</summary>
    public int UnloadCollections { get; init; } = 10;

    /// <summary>Gets the number of faults within <see cref="FaultWindow"/> that disables a plugin. Default 3.</summary>
    public int FaultLimit { get; init; } = 3;

    /// <summary>Gets the window in which faults are counted. Default 10 minutes.</summary>
    public TimeSpan FaultWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets the capabilities each plugin is granted, by plugin id. Default none.</summary>
    public ImmutableDictionary<string, ImmutableArray<object>> Capabilities { get; init; } = ImmutableDictionary<string, ImmutableArray<object>>.Empty;

    /// <summary>Gets the settings of each plugin, by plugin id. Default none.</summary>
    public ImmutableDictionary<string, JsonElement> Settings { get; init; } = ImmutableDictionary<string, JsonElement>.Empty;

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (StepLimit <= TimeSpan.Zero)
        {
            broken.Add($"the step limit is {StepLimit}, it must be positive");
        }

        if (DrainLimit < TimeSpan.Zero)
        {
            broken.Add($"the drain limit is {DrainLimit}, it must not be negative");
        }

        if (UnloadCollections < 1)
        {
            broken.Add($"unload collections is {UnloadCollections}, it must be at least 1");
        }

        if (FaultLimit < 1)
        {
            broken.Add($"the fault limit is {FaultLimit}, it must be at least 1");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The plugin host options are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
