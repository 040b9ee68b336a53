using System.CommandLine;

namespace Agents.Cli.Commands;

/// <summary><c>agents prompts</c>: what prompts there are.</summary>
internal sealed class PromptsCommand : Command
{
    public PromptsCommand()
        : base("prompts", "Lists prompts and shows one.")
    {
        Subcommands.Add(new PromptsListCommand());
        Subcommands.Add(new PromptsShowCommand());
    }
}
