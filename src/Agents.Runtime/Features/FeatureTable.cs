using System.Collections.Immutable;
using Agents.Plugins;

namespace Agents.Runtime.Features;

/// <summary>Features that live in the host's own code, without a plugin. Adding replaces an immutable table, so readers never wait.</summary>
public sealed class FeatureTable : IFeatureSource
{
    private ImmutableDictionary<(Type Point, string Id), (FeatureInfo Info, object Feature)> _features =
        ImmutableDictionary<(Type, string), (FeatureInfo, object)>.Empty;

    private volatile Tuple<object, Type, IReadOnlyList<FeatureInfo>>? _listed;

    /// <summary>Adds a feature.</summary>
    /// <typeparam name="T">The extension point.</typeparam>
    /// <param name="info">Id and summary.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">The extension point has a feature with this id.</exception>
    public FeatureTable Add<T>(FeatureInfo info, T feature)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(feature);
        ArgumentException.ThrowIfNullOrWhiteSpace(info.Id);
        return ImmutableInterlocked.TryAdd(ref _features, (typeof(T), info.Id), (info, feature))
            ? this
            : throw new ArgumentException($"There is already a {typeof(T).Name} with the id '{info.Id}'.", nameof(info));
    }

    /// <inheritdoc/>
    public FeatureUse<T>? Acquire<T>(string id)
        where T : class =>
        Volatile.Read(ref _features).TryGetValue((typeof(T), id), out (FeatureInfo Info, object Feature) entry) ? new FeatureUse<T>((T)entry.Feature) : null;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> List<T>()
        where T : class =>
        Listing(Volatile.Read(ref _features), typeof(T));

    // Asked for with every request that has settings, changed hardly ever.
    private IReadOnlyList<FeatureInfo> Listing(ImmutableDictionary<(Type Point, string Id), (FeatureInfo Info, object Feature)> features, Type point)
    {
        if (_listed is { } last && ReferenceEquals(last.Item1, features) && last.Item2 == point)
        {
            return last.Item3;
        }

        FeatureInfo[] list = [.. features.Where(pair => pair.Key.Point == point).Select(pair => pair.Value.Info).OrderBy(info => info.Id, StringComparer.Ordinal)];
        _listed = Tuple.Create<object, Type, IReadOnlyList<FeatureInfo>>(features, point, list);
        return list;
    }
}
