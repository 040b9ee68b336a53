namespace Agents.Runtime.Features;

/// <summary>A feature in use. While it is held its plugin is not unloaded; dispose it when the request ends.</summary>
/// <typeparam name="T">The extension point.</typeparam>
/// <param name="feature">The feature.</param>
/// <param name="lease">Ended with this object; null where nothing can be unloaded.</param>
public sealed class FeatureUse<T>(T feature, IDisposable? lease = null) : IDisposable
    where T : class
{
    /// <summary>Gets the feature.</summary>
    public T Feature { get; } = feature;

    /// <inheritdoc/>
    public void Dispose() => lease?.Dispose();
}
