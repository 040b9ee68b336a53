using Agents.Plugins.CodePipeline.Replication;
using Agents.Plugins.CodePipeline.Running;
using Agents.Reasoning;
using Agents.Replication;

namespace Agents.Plugins.CodePipeline;

/// <summary>Code agents with runtime debugging (arXiv 2505.02133).</summary>
public sealed class Plugin : IPlugin
{
    private readonly CodeRunners _runners = CodeRunners.CreateDefault();

    /// <inheritdoc/>
    public void Describe(IPluginCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.Add<IReasoningStrategy>(
            new FeatureInfo(CodePipelineStrategy.Id, "Writes a program with an analyst, a coder and a tester, runs its visible tests in a sandbox and repairs it from block-level traces.")
            {
                Settings = CodePipelineSettings.Descriptions,
            },
            _ => new CodePipelineStrategy(_runners));
        catalog.Add<IReplication>(new FeatureInfo(CodeReplication.Paper, "The laptop-scale check: debug loops with real traces against source only, test only and resampling."), _ => new CodeReplication());
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(IPluginHost host, CancellationToken stopping) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _runners.DisposeAsync();
}
