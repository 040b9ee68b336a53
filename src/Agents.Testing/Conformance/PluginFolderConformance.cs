using System.Runtime.CompilerServices;
using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Testing.Conformance;

/// <summary>What every plugin folder promises: the real host loads it, its strategies answer and refuse settings they do not know, and unloading it leaves nothing alive. Needs no test framework.</summary>
public static class PluginFolderConformance
{
    private const int Cycles = 2;
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(60);

    /// <summary>Loads, runs and unloads the plugin, twice in one process.</summary>
    /// <param name="subject">The plugin.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="ConformanceException">The plugin breaks a promise; the message says which.</exception>
    public static async Task VerifyAsync(PluginFolderSubject subject, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        PluginHost host = new(new PluginHostOptions { StepLimit = StepLimit }, NullLoggerFactory.Instance, TimeProvider.System);
        await using (host.ConfigureAwait(false))
        {
            for (int cycle = 1; cycle <= Cycles; cycle++)
            {
                PluginStatus status = await host.LoadAsync(subject.Folder, PluginTrust.ThirdParty, cancellationToken).ConfigureAwait(false);
                Require(status.State == PluginState.Active, subject, cycle, $"is active after loading, got {status.State}: {status.Reason}");
                string[] strategies = [.. host.Features<IReasoningStrategy>().Select(feature => feature.Id)];
                Require(strategies.SequenceEqual(subject.Strategies), subject, cycle, $"adds the strategies {string.Join(", ", subject.Strategies)}, got {string.Join(", ", strategies)}");
                await RunAllAsync(host, subject, cycle, cancellationToken).ConfigureAwait(false);
                UnloadVerdict verdict = await host.UnloadAsync(subject.Id, cancellationToken).ConfigureAwait(false);
                Require(verdict.Unloaded, subject, cycle, $"leaves nothing alive: {verdict.Reason}");
            }
        }
    }

    // Not inlined: what lives in this frame must be dead when the plugin is unloaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task RunAllAsync(PluginHost host, PluginFolderSubject subject, int cycle, CancellationToken cancellationToken)
    {
        foreach ((string id, string settings) in subject.Runs)
        {
            using FeatureLease<IReasoningStrategy> lease = host.Acquire<IReasoningStrategy>(id)!;
            PluginBench bench = new(new FeatureTable().Add(new FeatureInfo(id, id), lease.Value), RoleModels.Single(subject.Model()));
            ReasoningResult result = await bench.SolveAsync(id, PluginBench.Options(settings, subject.Samples), cancellationToken: cancellationToken).ConfigureAwait(false);
            Require(result.Answer?.FinalAnswer is not null, subject, cycle, $"answers with '{id}' and the settings {settings}");
            Require(await RefusesAsync(bench, id, cancellationToken).ConfigureAwait(false), subject, cycle, $"refuses a setting of '{id}' that it does not know with an {nameof(ArgumentException)}");
        }
    }

    private static async Task<bool> RefusesAsync(PluginBench bench, string id, CancellationToken cancellationToken)
    {
        try
        {
            await bench.SolveAsync(id, PluginBench.Options("""{"misspelt":1}"""), cancellationToken: cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static void Require(bool kept, PluginFolderSubject subject, int cycle, string promise)
    {
        if (!kept)
        {
            throw new ConformanceException($"Plugin '{subject.Id}' in '{subject.Folder}', cycle {cycle}: it {promise}.");
        }
    }
}
