using Agents.Plugins.Sift.Replication;
using Agents.Reasoning;
using Agents.Replication;

namespace Agents.Plugins.Sift;

/// <summary>SIFT (arXiv 2502.14922): grounding in the question by stickers.</summary>
public sealed class Plugin : IPlugin
{
    /// <inheritdoc/>
    public void Describe(IPluginCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo(SiftStrategy.Id, "Restates the question as facts, answers from the facts and with them, and trusts the answer when both agree.") { Settings = SiftSettings.Descriptions },
            _ => new SiftStrategy());
        catalog.Add<IReplication>(new FeatureInfo("49", "Word problems that can be misread: the plain answer, votes at equal calls, and the method stage by stage."), _ => new SiftReplication());
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(IPluginHost host, CancellationToken stopping) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
