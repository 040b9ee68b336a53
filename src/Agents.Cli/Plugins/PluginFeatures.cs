using System.Diagnostics.CodeAnalysis;
using Agents.Plugins;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;

namespace Agents.Cli.Plugins;

/// <summary>The features of loaded plugins. The command never unloads a plugin, so features stay valid until it ends.</summary>
/// <param name="host">The host.</param>
internal sealed class PluginFeatures(PluginHost host) : IFeatureSource
{
    /// <inheritdoc/>
    public bool TryGet<T>(string id, [NotNullWhen(true)] out T? feature)
        where T : class
    {
        using FeatureLease<T>? lease = host.Acquire<T>(id);
        feature = lease?.Value;
        return feature is not null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> List<T>()
        where T : class => host.Features<T>();
}
