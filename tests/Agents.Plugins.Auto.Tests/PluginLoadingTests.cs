using System.Reflection;
using System.Runtime.CompilerServices;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Plugins.Auto.Tests;

/// <summary>The built folder, with its completed manifest, through the real plugin host.</summary>
public sealed class PluginLoadingTests
{
    private const string Id = "auto";
    private static readonly string Folder = typeof(PluginLoadingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "PluginFolder").Value!;

    [Fact]
    public async Task LoadAndUnload_BuiltFolder_RunsAndLeavesNothingAlive()
    {
        await using var host = new PluginHost(new PluginHostOptions { StepLimit = TimeSpan.FromSeconds(60) }, NullLoggerFactory.Instance, TimeProvider.System);
        for (int cycle = 0; cycle < 2; cycle++)
        {
            PluginStatus status = await host.LoadAsync(Folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);

            Assert.True(status.State == PluginState.Active, status.Reason);
            Assert.Equal([Id], host.Features<IReasoningStrategy>().Select(feature => feature.Id));
            Assert.NotNull(await RunAsync(host));
            UnloadVerdict verdict = await host.UnloadAsync(Id, TestContext.Current.CancellationToken);
            Assert.True(verdict.Unloaded, $"cycle {cycle}: {verdict.Reason}");
        }
    }

    // Settings are given, so that their JSON is read.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<string?> RunAsync(PluginHost host)
    {
        string? answer = null;
        foreach ((string id, string settings) in new[] { (Id, """{"margin":0.5}"""), (Id, """{"ladder":[{"strategy":"vote","samples":2}]}""") })
        {
            using FeatureLease<IReasoningStrategy> lease = host.Acquire<IReasoningStrategy>(id)!;
            FeatureTable features = new FeatureTable().Add(new FeatureInfo(id, id), lease.Value);
            var bench = new PluginBench(features, RoleModels.Single(new ScriptedChatClient().On("", new ScriptedAnswer("Answer: 1"))));
            ReasoningResult result = await bench.SolveAsync(id, PluginBench.Options(settings), cancellationToken: TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<ArgumentException>(() => bench.SolveAsync(id, PluginBench.Options("""{"misspelt":1}"""), cancellationToken: TestContext.Current.CancellationToken));
            answer = result.Answer?.FinalAnswer;
        }

        return answer;
    }
}
