namespace Agents.Plugins;

/// <summary>Names a feature of a plugin.</summary>
/// <param name="Id">Stable kebab-case id, for example <c>self-aggregation</c>.</param>
/// <param name="Summary">One sentence for people.</param>
public sealed record FeatureInfo(string Id, string Summary)
{
    /// <summary>Gets the names of the feature's own settings with a sentence each; shown by the command line and used to find misspelt names.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
