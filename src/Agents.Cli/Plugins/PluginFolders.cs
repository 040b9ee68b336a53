using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Runtime.Plugins;

namespace Agents.Cli.Plugins;

/// <summary>Which plugin folders the command reads, and how it shows plugins.</summary>
internal static class PluginFolders
{
    /// <summary>Settings of the host: shipped plugins first, then the user's, then those named on the command line.</summary>
    /// <param name="further">Folders named on the command line.</param>
    /// <exception cref="UsageException">A named folder does not exist.</exception>
    public static PluginHostOptions Options(IReadOnlyList<string> further)
    {
        foreach (string folder in further)
        {
            if (!Directory.Exists(folder))
            {
                throw new UsageException($"There is no plugin folder '{folder}'.");
            }
        }

        return new PluginHostOptions
        {
            Folders =
            [
                new PluginFolder(AgentsFolders.Current.ShippedPlugins, PluginTrust.FirstParty),
                new PluginFolder(AgentsFolders.Current.HomePlugins, PluginTrust.ThirdParty),
                .. further.Select(folder => new PluginFolder(Path.GetFullPath(folder), PluginTrust.ThirdParty)),
            ],
        };
    }

    /// <summary>Creates a host that logs to standard error with <c>--verbose</c>.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="console">The console.</param>
    public static PluginHost CreateHost(PluginHostOptions options, CommandConsole console) => new(options, new ErrorStreamLoggers(console), TimeProvider.System);

    /// <summary>Describes a plugin.</summary>
    /// <param name="status">Where it stands.</param>
    /// <param name="options">The host's settings, which decide the trust.</param>
    public static PluginItem Describe(PluginStatus status, PluginHostOptions options)
    {
        string? parent = Path.GetDirectoryName(status.Folder);
        PluginTrust trust = options.Folders.FirstOrDefault(folder => Path.GetFullPath(folder.Path) == parent)?.Trust ?? PluginTrust.ThirdParty;
        return new PluginItem(
            status.Id,
            status.Version,
            status.State.ToString(),
            status.Reason,
            status.Folder,
            trust.ToString(),
            status.Hash,
            [.. status.Features.Select(feature => new FeatureItem(feature.Kind, feature.Id, feature.Summary))]);
    }
}
