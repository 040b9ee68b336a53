using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Cli.Plugins;
using Agents.Prompts;

namespace Agents.Cli.Commands;

/// <summary><c>agents prompts show</c>: the text of a prompt, all variants.</summary>
internal sealed class PromptsShowCommand : AgentsCommand
{
    private readonly Argument<string> _name = TextArgument.Create("NAME", "Name of the prompt, for example self-aggregation/aggregate.");

    public PromptsShowCommand()
        : base("show", "Shows the text of a prompt and of its variants.")
    {
        Arguments.Add(_name);
        Options.Add(SharedOptions.Prompts);
        Options.Add(SharedOptions.Json);
        Examples = [new("agents prompts show self-aggregation/aggregate", "the text, to copy into a folder of your own and change")];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string name = arguments.GetValue(_name)!;
        IReadOnlyList<PromptInfo> all = PromptFolders.Open(arguments.GetValue(SharedOptions.Prompts)!).List();
        PromptInfo[] variants = [.. all.Where(prompt => prompt.Name == name)];
        if (variants.Length == 0)
        {
            throw new PromptException($"There is no prompt '{name}'. {NearestNames.Describe(name, [.. all.Select(prompt => prompt.Name).Distinct()])}");
        }

        List<PromptItem> items = [];
        foreach (PromptInfo variant in variants)
        {
            items.Add(PromptFolders.Describe(variant) with { Text = await File.ReadAllTextAsync(variant.Source, cancellationToken).ConfigureAwait(false) });
        }

        if (console.Json)
        {
            console.WriteJson(new ItemsDocument<PromptItem>(items), CliJson.Readable.Prompts);
            return ExitCode.Done;
        }

        foreach (PromptItem item in items)
        {
            console.Output.WriteLine($"# {item.Source}");
            console.Output.WriteLine(item.Text!.TrimEnd());
            console.Output.WriteLine();
        }

        return ExitCode.Done;
    }
}
