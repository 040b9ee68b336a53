using Agents.Plugins;

namespace Agents.Runtime.Plugins;

/// <summary>Collects what one plugin offers while <c>Describe</c> runs, and refuses what its manifest does not announce.</summary>
internal sealed class PluginCatalog(PluginManifest manifest) : IPluginCatalog
{
    private bool _closed;

    public List<PluginFeature> Features { get; } = [];

    public void Add<T>(FeatureInfo info, Func<IPluginHost, T> create)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(create);
        if (_closed)
        {
            throw new InvalidOperationException($"{manifest.Id}: features are declared inside Describe; the catalog is closed afterwards.");
        }

        string kind = FeatureKind.Of(typeof(T));
        if (!PluginManifestReader.IsId(info.Id))
        {
            throw new ArgumentException($"{manifest.Id}: '{info.Id}' is no feature id; an id is lower-case words or numbers joined by '-' or '.'.", nameof(info));
        }

        if (typeof(T).Assembly != typeof(IPlugin).Assembly && !SharedAssemblies.IsShared(typeof(T).Assembly.GetName().Name))
        {
            throw new ArgumentException($"{manifest.Id}: '{typeof(T).Name}' is no extension point of the contract.", nameof(info));
        }

        if (!manifest.Features.Any(feature => feature.Kind == kind && feature.Id == info.Id))
        {
            throw new ArgumentException(
                $"{manifest.Id}: the feature '{info.Id}' of kind '{kind}' is not announced in {PluginManifestReader.FileName}. Add it to \"features\".", nameof(info));
        }

        if (Features.Any(feature => feature.ExtensionPoint == typeof(T) && feature.Info.Id == info.Id))
        {
            throw new ArgumentException($"{manifest.Id}: the feature '{info.Id}' is offered twice.", nameof(info));
        }

        Features.Add(new PluginFeature(typeof(T), info, host => create(host)));
    }

    public void Close() => _closed = true;
}
