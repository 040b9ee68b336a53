using Agents.Plugins.TestTimeImprovement.Replication;
using Agents.Reasoning;
using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement;

/// <summary>Test-time self-improvement and its training-free and taught variants (arXiv 2510.07841).</summary>
public sealed class Plugin : IPlugin
{
    /// <inheritdoc/>
    public void Describe(IPluginCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo(TestTimeImprovementStrategy.Id, "Where the model is unsure, writes similar questions with answers, trains a temporary adapter on them, answers under it, and throws it away.")
            {
                Settings = TestTimeImprovementSettings.Descriptions,
            },
            _ => new TestTimeImprovementStrategy());
        catalog.Add<IReplication>(new FeatureInfo("61", "Does a temporary adapter on self-written pairs help where the model is unsure?"), _ => new TestTimeImprovementReplication());
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(IPluginHost host, CancellationToken stopping) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
