using System.Diagnostics.CodeAnalysis;
using Agents.Plugins;

namespace Agents.Runtime.Features;

/// <summary>Where the engine finds features (strategies, verifiers, ...) by extension point and id. The plugin host is one; <see cref="FeatureTable"/> another. Safe for concurrent calls.</summary>
public interface IFeatureSource
{
    /// <summary>Finds a feature.</summary>
    /// <typeparam name="T">The extension point, for example <c>IReasoningStrategy</c>.</typeparam>
    /// <param name="id">Id of the feature.</param>
    /// <param name="feature">The feature when found. Hold it for one request, no longer: its plugin may be unloaded.</param>
    /// <returns>Whether it was found.</returns>
    bool TryGet<T>(string id, [NotNullWhen(true)] out T? feature)
        where T : class;

    /// <summary>Lists the features of an extension point, in order of ids.</summary>
    /// <typeparam name="T">The extension point.</typeparam>
    IReadOnlyList<FeatureInfo> List<T>()
        where T : class;
}
