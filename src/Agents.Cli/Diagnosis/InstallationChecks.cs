using System.Diagnostics;
using System.Globalization;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Cli.Plugins;
using Agents.Cli.Sessions;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Prompts;
using Agents.Runtime.Connectors;
using Agents.Runtime.Plugins;

namespace Agents.Cli.Diagnosis;

/// <summary>Checks of the installation: plugins, prompts, embedded model, endpoint.</summary>
internal static class InstallationChecks
{
    private const int ProbeTokens = 4;

    /// <summary>Whether all plugins load.</summary>
    /// <param name="folders">Further plugin folders.</param>
    /// <param name="console">The console.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    public static async Task<DoctorCheck> PluginsAsync(IReadOnlyList<string> folders, CommandConsole console, CancellationToken cancellationToken)
    {
        PluginHostOptions options = PluginFolders.Options(folders);
        await using PluginHost host = PluginFolders.CreateHost(options, console);
        await host.LoadAllAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<PluginStatus> all = host.List();
        PluginStatus[] broken = [.. all.Where(status => status.State != PluginState.Active)];
        if (all.Count == 0)
        {
            return new DoctorCheck("plugins", false, $"no plugin in '{AgentsFolders.Current.ShippedPlugins}'", "Build the command again from a complete checkout.");
        }

        string strategies = $"{all.Count - broken.Length} active with {all.Where(status => status.State == PluginState.Active).Sum(status => status.Features.Length)} features";
        return broken.Length == 0
            ? new DoctorCheck("plugins", true, strategies)
            : new DoctorCheck(
                "plugins",
                false,
                $"{strategies}; not active: {string.Join(" ", broken.Select(status => status.Reason))}",
                "Repair or remove the folder; 'agents plugins check FOLDER' shows the reason.");
    }

    /// <summary>Whether all prompts can be read.</summary>
    /// <param name="folders">Further prompt folders.</param>
    public static DoctorCheck Prompts(IReadOnlyList<string> folders)
    {
        try
        {
            int count = PromptFolders.Open(folders).List().Count;
            return count > 0
                ? new DoctorCheck("prompts", true, $"{count} prompts")
                : new DoctorCheck("prompts", false, $"no prompt in '{AgentsFolders.Current.ShippedPrompts}'", "Build the command again from a complete checkout.");
        }
        catch (PromptException error)
        {
            return new DoctorCheck("prompts", false, error.Message, "Repair or remove the file.");
        }
    }

    /// <summary>Whether the embedded model loads and answers.</summary>
    /// <param name="cancellationToken">Stops the generation.</param>
    public static async Task<DoctorCheck> EmbeddedModelAsync(CancellationToken cancellationToken)
    {
        const string id = "embedded-model";
        try
        {
            long start = Stopwatch.GetTimestamp();
            using DecoderModel model = await LocalModels.OpenAsync(ModelPaths.Tiny, cancellationToken).ConfigureAwait(false);
            TimeSpan loading = Stopwatch.GetElapsedTime(start);
            GenerationRequest request = new() { Prompts = [PromptSamples.Create(model.Tokenizer.Encode("1 + 1 ="), 0, 0, 1)], MaxTokens = ProbeTokens };
            int tokens = 0;
            await foreach (GeneratedToken _ in model.GenerateAsync(request, cancellationToken).ConfigureAwait(false))
            {
                tokens++;
            }

            return new DoctorCheck(id, tokens > 0, string.Create(CultureInfo.InvariantCulture, $"{model.Name} loaded in {loading.TotalMilliseconds:F0} ms and generated {tokens} tokens"));
        }
        catch (ModelFormatException error)
        {
            return new DoctorCheck(id, false, error.Message, "Build the command again from a complete checkout; other models work with --model.");
        }
    }

    /// <summary>Whether a key for endpoints is configured. Having none is fine: many local servers need none.</summary>
    public static DoctorCheck Endpoint() =>
        new("endpoint", true, Endpoints.FindKey() is not null
            ? "a key for --model openai:NAME@URL is configured"
            : $"no key for --model openai:NAME@URL (set AGENTS_API_KEY, or 'dotnet user-secrets set {ApiKeys.ConfigurationKey} KEY --id {Endpoints.SecretsId}'); local servers often need none");
}
