using Agents.Plugins.SelfAggregation.Baselines;
using Agents.Plugins.SelfAggregation.Replication;
using Agents.Reasoning;
using Agents.Replication;

namespace Agents.Plugins.SelfAggregation;

/// <summary>Self-aggregation (arXiv 2503.04104) and the baselines it is compared with, all drawing candidates through one sampler.</summary>
public sealed class Plugin : IPlugin
{
    /// <inheritdoc/>
    public void Describe(IPluginCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.Add<IReasoningStrategy>(new FeatureInfo("direct", "One answer, one call."), _ => new DirectStrategy());
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo("self-consistency", "Samples several answers and returns the most frequent final answer.") { Settings = VotingSettings.Descriptions },
            _ => new SelfConsistencyStrategy());
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo("universal-self-consistency", "Samples several answers and lets the model choose the most consistent one.") { Settings = ChoosingSettings.Descriptions },
            _ => new UniversalSelfConsistencyStrategy());
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo("best-of-n", "Samples several answers and returns the one a verifier rates highest.") { Settings = BestOfNSettings.Descriptions },
            _ => new BestOfNStrategy());
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo("self-refine", "Answers, criticizes the answer, and revises it.") { Settings = SelfRefineSettings.Descriptions },
            _ => new SelfRefineStrategy());
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo("self-aggregation", "Samples several answers, then writes a new one with all of them in view.") { Settings = SelfAggregationSettings.Descriptions },
            _ => new SelfAggregationStrategy());
        catalog.Add<IReplication>(
            new FeatureInfo(AggregationReplication.Paper, "Aggregation of own samples against greedy, vote, choice and controls of training, on questions with several slots and with one."),
            _ => new AggregationReplication());
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(IPluginHost host, CancellationToken stopping) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
