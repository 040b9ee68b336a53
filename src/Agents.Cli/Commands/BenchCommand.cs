using System.CommandLine;

namespace Agents.Cli.Commands;

/// <summary><c>agents bench</c>: speed figures of this machine.</summary>
internal sealed class BenchCommand : Command
{
    public BenchCommand()
        : base("bench", "Measures speed on this machine.")
    {
        Subcommands.Add(new BenchEngineCommand());
        Subcommands.Add(new BenchTrainCommand());
    }
}
