namespace Agents.Plugins;

/// <summary>Collects the features of a plugin: the only registration surface, one method for every extension point.</summary>
public interface IPluginCatalog
{
    /// <summary>Offers a feature.</summary>
    /// <typeparam name="T">The extension point, an interface of the contract assembly such as <c>IReasoningStrategy</c>.</typeparam>
    /// <param name="info">Id and summary.</param>
    /// <param name="create">Creates the feature; called at most once per load, when it is first used.</param>
    /// <exception cref="ArgumentException">The id is no kebab-case id, or the plugin offers it twice.</exception>
    void Add<T>(FeatureInfo info, Func<IPluginHost, T> create)
        where T : class;
}
