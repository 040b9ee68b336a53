namespace Agents.Plugins;

/// <summary>Entry point of a plugin. Created once per load through a public constructor without parameters, disposed before unload.</summary>
public interface IPlugin : IAsyncDisposable
{
    /// <summary>Declares what the plugin offers. Must not start work, read files or keep the catalog.</summary>
    /// <param name="catalog">Collects the features.</param>
    void Describe(IPluginCatalog catalog);

    /// <summary>Starts background work. Everything started here must end when <paramref name="stopping"/> fires.</summary>
    /// <param name="host">What the host grants.</param>
    /// <param name="stopping">Fires before the plugin is disposed.</param>
    ValueTask StartAsync(IPluginHost host, CancellationToken stopping);
}
