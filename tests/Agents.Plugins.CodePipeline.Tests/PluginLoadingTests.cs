using System.Reflection;
using System.Runtime.CompilerServices;
using Agents.Plugins.CodePipeline.Tests.Strategies;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Plugins.CodePipeline.Tests;

/// <summary>The built folder, with its completed manifest and the runner in it, through the real plugin host.</summary>
[Collection(Sandboxing.SandboxFixture.Collection)]
public sealed class PluginLoadingTests
{
    private const string Id = "code-pipeline";
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

    // With and without processes in the sandbox; where there is none, the refusal is what runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<string?> RunAsync(PluginHost host)
    {
        string? program = null;
        foreach (string settings in (string[])["""{"flow":"debug","language":"python","maxRepairs":1,"timeoutSeconds":30}""", """{"flow":"debug","language":"csharp","maxRepairs":0}""", """{"flow":"act"}"""])
        {
            using FeatureLease<IReasoningStrategy> lease = host.Acquire<IReasoningStrategy>(Id)!;
            FeatureTable features = new FeatureTable().Add(new FeatureInfo(Id, Id), lease.Value);
            var bench = new PluginBench(features, RoleModels.Single(CodeScript.Failing()));
            try
            {
                ReasoningResult result = await bench.SolveAsync(Id, PluginBench.Options(settings), task: CodeScript.Task, cancellationToken: TestContext.Current.CancellationToken);
                program = (string?)result.Answer?.Details["program"];
            }
            catch (ReasoningException refusal) when (refusal.Message.Contains("Programs are never run unprotected", StringComparison.Ordinal))
            {
                program ??= refusal.Message;
            }

            await Assert.ThrowsAnyAsync<ArgumentException>(() => bench.SolveAsync(Id, PluginBench.Options("""{"misspelt":1}"""), cancellationToken: TestContext.Current.CancellationToken));
        }

        return program;
    }
}
