using System.CommandLine;
using Agents.Cli.CommandLine;

namespace Agents.Cli.Commands;

/// <summary><c>agents models</c>: what models there are.</summary>
internal sealed class ModelsCommand : Command
{
    public ModelsCommand()
        : base("models", "Lists models, shows what a model file says, and makes random ones for tests and measurements.")
    {
        Subcommands.Add(new ModelsListCommand());
        Subcommands.Add(new ModelsShowCommand());
        Subcommands.Add(new ModelsMakeRandomCommand());
    }
}
