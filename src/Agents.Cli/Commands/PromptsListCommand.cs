using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Cli.Plugins;
using Agents.Prompts;

namespace Agents.Cli.Commands;

/// <summary><c>agents prompts list</c>: the prompts that strategies use.</summary>
internal sealed class PromptsListCommand : AgentsCommand
{
    public PromptsListCommand()
        : base("list", "Lists the prompts of all strategies, with the models each variant is made for.")
    {
        Options.Add(SharedOptions.Prompts);
        Options.Add(SharedOptions.Json);
        Examples = [new("agents prompts list", "names, variables and files")];
    }

    /// <inheritdoc/>
    protected override Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        IReadOnlyList<PromptInfo> prompts = PromptFolders.Open(arguments.GetValue(SharedOptions.Prompts)!).List();
        if (console.Json)
        {
            console.WriteJson(new ItemsDocument<PromptItem>([.. prompts.Select(PromptFolders.Describe)]), CliJson.Readable.Prompts);
            return Task.FromResult(ExitCode.Done);
        }

        foreach (PromptInfo prompt in prompts)
        {
            string variant = prompt.Models.Count == 0 ? "" : $" (for {string.Join(", ", prompt.Models)})";
            console.Output.WriteLine($"{prompt.Name,-32} v{prompt.Version} {prompt.Hash}  {prompt.Description}{variant}");
            if (prompt.IsOutdated)
            {
                console.Note("warning: " + PromptFolders.Outdated(prompt));
            }

            console.Output.WriteLine($"    {{{string.Join("}, {", prompt.Variables)}}}  {prompt.Source}");
        }

        return Task.FromResult(ExitCode.Done);
    }
}
