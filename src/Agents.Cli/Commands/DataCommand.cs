using System.CommandLine;

namespace Agents.Cli.Commands;

/// <summary><c>agents data</c>: training sets from recorded trajectories.</summary>
internal sealed class DataCommand : Command
{
    public DataCommand()
        : base("data", "Turns recorded trajectories into training data, and shows them.")
    {
        Subcommands.Add(new DataBuildCommand());
        Subcommands.Add(new DataStatsCommand());
        Subcommands.Add(new DataShowCommand());
    }
}
