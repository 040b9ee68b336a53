using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Cli.Plugins;
using Agents.Runtime.Plugins;

namespace Agents.Cli.Commands;

/// <summary><c>agents plugins check</c>: loads one plugin folder by the same rules as a host would.</summary>
internal sealed class PluginsCheckCommand : AgentsCommand
{
    private readonly Argument<string> _folder = TextArgument.Create("FOLDER", "The plugin's folder, with plugin.json.");

    public PluginsCheckCommand()
        : base("check", "Checks a plugin folder: manifest, hashes, contract range, start. Fails when a host would refuse it.")
    {
        Arguments.Add(_folder);
        Options.Add(SharedOptions.Json);
        Examples = [new("agents plugins check ./bin/Release/net10.0", "before you hand a plugin to others")];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string folder = Path.GetFullPath(arguments.GetValue(_folder)!);
        if (!Directory.Exists(folder))
        {
            throw new UsageException($"There is no folder '{arguments.GetValue(_folder)}'.");
        }

        PluginHostOptions options = new();
        await using PluginHost host = PluginFolders.CreateHost(options, console);
        PluginStatus status = await host.LoadAsync(folder, PluginTrust.ThirdParty, cancellationToken).ConfigureAwait(false);
        PluginItem item = PluginFolders.Describe(status, options);
        if (console.Json)
        {
            console.WriteJson(new ItemsDocument<PluginItem>([item]), CliJson.Readable.Plugins);
        }
        else if (item.Reason is null)
        {
            console.Output.WriteLine($"{item.Id} {item.Version} is sound: {item.Features.Count} features, manifest hash {item.Hash}");
        }

        if (item.Reason is not null)
        {
            console.Note("error: " + item.Reason);
            return ExitCode.Failed;
        }

        return ExitCode.Done;
    }
}
