using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Plugins;

namespace Agents.Runtime.Features;

/// <summary>Features of the host's own table first, then those of its plugins. Only exposed ids are visible.</summary>
/// <param name="own">Features in the host's own code.</param>
/// <param name="plugins">The plugin host; null for none.</param>
/// <param name="exposes">Whether an id is exposed; null exposes all.</param>
public sealed class PluginFeatures(FeatureTable own, PluginHost? plugins = null, Func<string, bool>? exposes = null) : IFeatureSource
{
    /// <inheritdoc/>
    public FeatureUse<T>? Acquire<T>(string id)
        where T : class
    {
        if (exposes?.Invoke(id) == false)
        {
            return null;
        }

        if (own.Acquire<T>(id) is { } use)
        {
            return use;
        }

        if (plugins?.Acquire<T>(id) is not { } lease)
        {
            return null;
        }

        // A strategy's code runs later, on the engine's behalf: its failures must still be told from the engine's.
        T feature = lease is FeatureLease<IReasoningStrategy> strategy ? (T)(object)new GuardedStrategy(plugins, strategy, id) : lease.Value;
        return new FeatureUse<T>(feature, lease);
    }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> List<T>()
        where T : class =>
        [.. own.List<T>()
            .Concat(plugins?.Features<T>() ?? [])
            .DistinctBy(info => info.Id)
            .Where(info => exposes?.Invoke(info.Id) != false)
            .OrderBy(info => info.Id, StringComparer.Ordinal)];
}
