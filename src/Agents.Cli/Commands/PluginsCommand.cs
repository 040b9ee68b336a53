using System.CommandLine;

namespace Agents.Cli.Commands;

/// <summary><c>agents plugins</c>: what plugins there are and whether they are sound.</summary>
internal sealed class PluginsCommand : Command
{
    public PluginsCommand()
        : base("plugins", "Lists plugins and checks a plugin folder.")
    {
        Subcommands.Add(new PluginsListCommand());
        Subcommands.Add(new PluginsCheckCommand());
    }
}
