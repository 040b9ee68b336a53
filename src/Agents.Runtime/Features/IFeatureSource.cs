using Agents.Plugins;

namespace Agents.Runtime.Features;

/// <summary>Where the engine finds features (strategies, verifiers, ...) by extension point and id. See <see cref="FeatureTable"/> and <see cref="PluginFeatures"/>. Safe for concurrent calls.</summary>
public interface IFeatureSource
{
    /// <summary>Takes a feature into use.</summary>
    /// <typeparam name="T">The extension point, for example <c>IReasoningStrategy</c>.</typeparam>
    /// <param name="id">Id of the feature.</param>
    /// <returns>The feature, to be disposed when the request ends; null when it is unknown.</returns>
    FeatureUse<T>? Acquire<T>(string id)
        where T : class;

    /// <summary>Lists the features of an extension point, in order of ids.</summary>
    /// <typeparam name="T">The extension point.</typeparam>
    IReadOnlyList<FeatureInfo> List<T>()
        where T : class;
}
