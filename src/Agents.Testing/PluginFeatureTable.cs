using Agents.Plugins;
using Agents.Runtime.Features;

namespace Agents.Testing;

/// <summary>What a plugin describes, as a table of features without a plugin host: for tests of features that need nothing of their host.</summary>
public sealed class PluginFeatureTable : IPluginCatalog
{
    private readonly FeatureTable _features = new();

    private PluginFeatureTable()
    {
    }

    /// <summary>Creates all features of a plugin.</summary>
    /// <param name="plugin">The plugin; it is not started.</param>
    public static FeatureTable Of(IPlugin plugin)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        var table = new PluginFeatureTable();
        plugin.Describe(table);
        return table._features;
    }

    /// <inheritdoc/>
    void IPluginCatalog.Add<T>(FeatureInfo info, Func<IPluginHost, T> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _features.Add(info, create(null!));
    }
}
