using Agents.Plugins.Malt.Replication;
using Agents.Reasoning;
using Agents.Replication;

namespace Agents.Plugins.Malt;

/// <summary>MALT (arXiv 2412.01928): the pipeline, and the tree that turns its branches into training data. Value back-up and datasets are the public API of this assembly.</summary>
public sealed class Plugin : IPlugin
{
    /// <inheritdoc/>
    public void Describe(IPluginCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo(MaltStrategy.Id, "A generator answers, a verifier criticizes, a refiner improves; several passes vote.") { Settings = MaltSettings.Descriptions },
            _ => new MaltStrategy());
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo(MaltTreeStrategy.Id, "Expands every role into several branches, grades the leaves and backs their values up: training data for the roles.") { Settings = MaltTreeSettings.Descriptions },
            _ => new MaltTreeStrategy());
        catalog.Add<IReplication>(new FeatureInfo(MaltReplication.Paper, "Checks MALT: trees, credit, one adapter per role, against the untrained pipeline and its controls."), _ => new MaltReplication());
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(IPluginHost host, CancellationToken stopping) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
