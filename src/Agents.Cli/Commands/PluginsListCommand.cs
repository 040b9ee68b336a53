using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Cli.Plugins;
using Agents.Runtime.Plugins;

namespace Agents.Cli.Commands;

/// <summary><c>agents plugins list</c>: loads all plugins and says where each stands.</summary>
internal sealed class PluginsListCommand : AgentsCommand
{
    public PluginsListCommand()
        : base("list", "Lists plugins, what they offer, and why one is not active.")
    {
        Options.Add(SharedOptions.Plugins);
        Options.Add(SharedOptions.Json);
        Examples = [new("agents plugins list", "all plugins with their strategies"), new("agents plugins list --plugins ./mine --json", "with a folder of your own")];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        PluginHostOptions options = PluginFolders.Options(arguments.GetValue(SharedOptions.Plugins)!);
        await using PluginHost host = PluginFolders.CreateHost(options, console);
        await host.LoadAllAsync(cancellationToken).ConfigureAwait(false);
        PluginItem[] items = [.. host.List().Select(status => PluginFolders.Describe(status, options))];
        if (console.Json)
        {
            console.WriteJson(new ItemsDocument<PluginItem>(items), CliJson.Readable.Plugins);
            return ExitCode.Done;
        }

        foreach (PluginItem item in items)
        {
            console.Output.WriteLine($"{item.Id} {item.Version}  {item.State}  {item.Folder}");
            if (item.Reason is not null)
            {
                console.Output.WriteLine("  " + item.Reason);
            }

            foreach (FeatureItem feature in item.Features)
            {
                console.Output.WriteLine($"  {feature.Kind,-20} {feature.Id,-28} {feature.Summary}");
            }
        }

        if (items.Length == 0)
        {
            console.Note($"No plugins in {string.Join(", ", options.Folders.Select(folder => $"'{folder.Path}'"))}.");
        }

        return ExitCode.Done;
    }
}
