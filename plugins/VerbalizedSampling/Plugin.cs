using Agents.Plugins.VerbalizedSampling.Replication;
using Agents.Reasoning;
using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling;

/// <summary>Verbalized sampling (arXiv 2510.01171): the strategy. The weights, diversity measures and the typicality analyzer are the public API of this assembly.</summary>
public sealed class Plugin : IPlugin
{
    /// <inheritdoc/>
    public void Describe(IPluginCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo(VerbalizedSamplingStrategy.Id, "Asks for several answers with their probabilities and draws one of them.") { Settings = VerbalizedSamplingSettings.Descriptions },
            _ => new VerbalizedSamplingStrategy());
        catalog.Add<IReplication>(new FeatureInfo(VerbalizedReplication.Paper, "The laptop-scale check: gamma law, collapse by DPO, distance of the lists from the reference distribution."), _ => new VerbalizedReplication());
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(IPluginHost host, CancellationToken stopping) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
