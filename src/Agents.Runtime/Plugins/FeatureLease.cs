namespace Agents.Runtime.Plugins;

/// <summary>The right to use a feature. While a lease is held its plugin is not unloaded; dispose it when the call ends.</summary>
/// <typeparam name="T">Extension point.</typeparam>
public sealed class FeatureLease<T> : IDisposable
    where T : class
{
    private LoadedPlugin? _plugin;

    internal FeatureLease(LoadedPlugin plugin, T value)
    {
        _plugin = plugin;
        Value = value;
        PluginId = plugin.Manifest.Id;
    }

    /// <summary>Gets the feature.</summary>
    public T Value { get; }

    /// <summary>Gets the plugin it belongs to.</summary>
    public string PluginId { get; }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _plugin, null)?.Leave();
}
