using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;

namespace Agents.Cli.Commands;

/// <summary><c>agents models list</c>: the embedded model and those in the user's folder. Opens no file.</summary>
internal sealed class ModelsListCommand : AgentsCommand
{
    public ModelsListCommand()
        : base("list", "Lists the embedded model and the models in the user's folder.")
    {
        Options.Add(SharedOptions.Json);
        Examples = [new("agents models list", "names to pass to --model")];
    }

    /// <inheritdoc/>
    protected override Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        List<ModelItem> items = [];
        if (ModelPaths.FindTiny() is { } tiny)
        {
            items.Add(ModelInspection.Describe(ModelPaths.Tiny, "embedded", tiny));
        }

        string home = AgentsFolders.Current.HomeModels;
        if (Directory.Exists(home))
        {
            items.AddRange(Directory.EnumerateFileSystemEntries(home).Order(StringComparer.Ordinal)
                .Where(path => Directory.Exists(path) || Path.GetExtension(path).Equals(".gguf", StringComparison.OrdinalIgnoreCase))
                .Select(path => ModelInspection.Describe(Path.GetFileName(path), "home", path)));
        }

        if (console.Json)
        {
            console.WriteJson(new ItemsDocument<ModelItem>(items), CliJson.Readable.Models);
            return Task.FromResult(ExitCode.Done);
        }

        foreach (ModelItem item in items)
        {
            console.Output.WriteLine($"{item.Name,-20} {ByteSize.Text(item.Bytes),10}  {item.Source,-9} {item.Path}");
        }

        if (items.Count == 0)
        {
            console.Note("No model is embedded in this build.");
        }

        console.Note($"Any .gguf file or safetensors folder can be named by its path; models in '{home}' by their name; endpoints as openai:NAME@URL.");
        return Task.FromResult(ExitCode.Done);
    }
}
