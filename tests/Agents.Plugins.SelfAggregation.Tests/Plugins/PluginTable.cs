using Agents.Reasoning;
using Agents.Runtime.Features;

namespace Agents.Plugins.SelfAggregation.Tests.Plugins;

/// <summary>What the plugin describes, as a table of features without a plugin host.</summary>
internal sealed class PluginTable : IPluginCatalog
{
    private readonly FeatureTable _features = new();
    private readonly Dictionary<string, IReasoningStrategy> _strategies = [];

    private PluginTable() => new Plugin().Describe(this);

    public static IReadOnlyDictionary<string, IReasoningStrategy> Strategies => new PluginTable()._strategies;

    public static FeatureTable Create() => new PluginTable()._features;

    /// <summary>These strategies need nothing of the host, so there is none.</summary>
    public void Add<T>(FeatureInfo info, Func<IPluginHost, T> create)
        where T : class
    {
        T feature = create(null!);
        _features.Add(info, feature);
        _strategies.Add(info.Id, Assert.IsType<IReasoningStrategy>(feature, exactMatch: false));
    }
}
