using System.Diagnostics.CodeAnalysis;
using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Features;

namespace Agents.Runtime.Plugins;

/// <summary>
/// The features of all active plugins, as the engine sees them. Strategies come as stand-ins that take a lease for each request: a plugin can be reloaded under
/// load, and a strategy that throws is reported by the name of its plugin.
/// </summary>
/// <param name="host">The plugin host.</param>
public sealed class PluginFeatures(PluginHost host) : IFeatureSource
{
    /// <inheritdoc/>
    public bool TryGet<T>(string id, [NotNullWhen(true)] out T? feature)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (!host.Features<T>().Any(info => info.Id == id))
        {
            feature = null;
            return false;
        }

        if (typeof(T) == typeof(IReasoningStrategy))
        {
            feature = (T)(object)new LeasedStrategy(host, id);
            return true;
        }

        using FeatureLease<T>? lease = host.Acquire<T>(id);
        feature = lease?.Value;
        return feature is not null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> List<T>()
        where T : class => host.Features<T>();
}
