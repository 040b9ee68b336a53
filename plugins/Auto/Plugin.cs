using Agents.Reasoning;

namespace Agents.Plugins.Auto;

/// <summary>A strategy that spends by measured agreement.</summary>
public sealed class Plugin : IPlugin
{
    /// <inheritdoc/>
    public void Describe(IPluginCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo(AutoStrategy.Id, "Answers directly where the model is certain, and climbs a ladder of stronger strategies until enough of their answers agree.")
            {
                Settings = AutoSettings.Descriptions,
            },
            _ => new AutoStrategy());
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(IPluginHost host, CancellationToken stopping) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
