using Agents.Plugins;
using Agents.Reasoning;

namespace Acme.SecondLook;

/// <summary>The entry point that plugin.json names: it says what there is, the host does the rest.</summary>
public sealed class Plugin : IPlugin
{
    /// <inheritdoc/>
    public void Describe(IPluginCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo("second-look", "Asks twice; when the answers differ, a third look decides."), _ => new SecondLookStrategy());
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(IPluginHost host, CancellationToken stopping) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
