using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Plugins.SelfAggregation.Tests.Plugins;

/// <summary>The built folder, with its completed manifest, through the real plugin host.</summary>
public sealed class PluginLoadingTests
{
    private static readonly string Folder = typeof(PluginLoadingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "PluginFolder").Value!;

    [Theory]
    [InlineData(PluginTrust.FirstParty)]
    [InlineData(PluginTrust.ThirdParty)]
    public async Task LoadAsync_BuiltFolder_OffersAllStrategiesInItsOwnContext(PluginTrust trust)
    {
        await using PluginHost host = Host();

        PluginStatus status = await host.LoadAsync(Folder, trust, TestContext.Current.CancellationToken);

        Assert.True(status.State == PluginState.Active, status.Reason);
        Assert.Equal(
            ["best-of-n", "direct", "self-aggregation", "self-consistency", "self-refine", "universal-self-consistency"],
            host.Features<IReasoningStrategy>().Select(feature => feature.Id));
        using FeatureLease<IReasoningStrategy>? lease = host.Acquire<IReasoningStrategy>("self-aggregation");
        AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(lease!.Value.GetType().Assembly)!;
        Assert.NotSame(AssemblyLoadContext.Default, context);
        Assert.Equal(trust == PluginTrust.ThirdParty, context.IsCollectible);
        Assert.Equal("9", await RunAsync(host, "self-aggregation"));
    }

    [Fact]
    public async Task UnloadAsync_AfterEveryStrategyRan_LeavesNothingAlive()
    {
        await using PluginHost host = Host();
        List<WeakReference> contexts = [];
        for (int cycle = 0; cycle < 3; cycle++)
        {
            PluginStatus status = await host.LoadAsync(Folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);
            Assert.True(status.State == PluginState.Active, status.Reason);
            foreach (FeatureInfo feature in host.Features<IReasoningStrategy>())
            {
                Assert.NotNull(await RunAsync(host, feature.Id));
                await RefuseAsync(host, feature.Id);
            }

            contexts.Add(ContextOf(host));
            UnloadVerdict verdict = await host.UnloadAsync("self-aggregation", TestContext.Current.CancellationToken);

            Assert.True(verdict.Unloaded, $"cycle {cycle}: {verdict.Reason}");
        }

        Assert.All(contexts, context => Assert.False(context.IsAlive));
    }

    private static PluginHost Host() => new(new PluginHostOptions { StepLimit = TimeSpan.FromSeconds(60) }, NullLoggerFactory.Instance, TimeProvider.System);

    // Settings are given, so that their JSON is read; every regular expression runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<string?> RunAsync(PluginHost host, string strategy)
    {
        string settings = strategy switch
        {
            "self-aggregation" => """{"candidateOrder":"random","dedupe":true,"rounds":2}""",
            "self-consistency" => """{"stopAtLead":true}""",
            "universal-self-consistency" => """{"maxCandidateTokens":16}""",
            "best-of-n" => """{"votes":2}""",
            "self-refine" => """{"rounds":2}""",
            _ => "{}",
        };
        using FeatureLease<IReasoningStrategy> lease = host.Acquire<IReasoningStrategy>(strategy)!;
        ScriptedChatClient model = StrategyBench.Scripted(
            ["Answer: 1", "Answer: 2", "Answer: 3"],
            (StrategyBench.Aggregate, "Answer: 9"), (StrategyBench.Choose, "choice: 2"), (StrategyBench.Verify, "verdict: right"), (StrategyBench.Revise, "Answer: 8"),
            (StrategyBench.Feedback, "verdict: wrong"));
        FeatureTable features = new FeatureTable().Add(new FeatureInfo(strategy, strategy), lease.Value);
        ReasoningResult result = await new StrategyBench(model, features: features).SolveAsync(strategy, settings);
        return result.Answer?.FinalAnswer;
    }

    // The error path holds exceptions thrown in plugin code.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task RefuseAsync(PluginHost host, string strategy)
    {
        using FeatureLease<IReasoningStrategy> lease = host.Acquire<IReasoningStrategy>(strategy)!;
        FeatureTable features = new FeatureTable().Add(new FeatureInfo(strategy, strategy), lease.Value);
        var bench = new StrategyBench(new ScriptedChatClient(), features: features);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => bench.SolveAsync(strategy, """{"misspelt":1}"""));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference ContextOf(PluginHost host)
    {
        using FeatureLease<IReasoningStrategy> lease = host.Acquire<IReasoningStrategy>("direct")!;
        return new WeakReference(AssemblyLoadContext.GetLoadContext(lease.Value.GetType().Assembly), trackResurrection: true);
    }
}
