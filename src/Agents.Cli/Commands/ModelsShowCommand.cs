using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;

namespace Agents.Cli.Commands;

/// <summary><c>agents models show</c>: what a model's files say. Reads headers, not weights.</summary>
internal sealed class ModelsShowCommand : AgentsCommand
{
    private readonly Argument<string> _model = TextArgument.Create("MODEL", "tiny, a .gguf file, or a folder with safetensors.");

    public ModelsShowCommand()
        : base("show", "Shows architecture, sizes, tensor types and tokenizer of a model.")
    {
        Arguments.Add(_model);
        Options.Add(SharedOptions.Json);
        Examples = [new("agents models show tiny", "the embedded model"), new("agents models show model.gguf --json", "a file, for another program")];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        ModelItem item = await LocalModels.InspectAsync(arguments.GetValue(_model)!, cancellationToken).ConfigureAwait(false);
        if (console.Json)
        {
            console.WriteJson(new ItemsDocument<ModelItem>([item]), CliJson.Readable.Models);
            return ExitCode.Done;
        }

        ModelDetails details = item.Details!;
        string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
        (string Name, string Value)[] rows =
        [
            ("name", item.Name),
            ("file", $"{item.Path} ({item.Format}, {ByteSize.Text(item.Bytes)})"),
            ("architecture", details.Architecture),
            ("parameters", Number(details.Parameters)),
            ("layers", Number(details.Layers)),
            ("hidden size", Number(details.HiddenSize)),
            ("heads", $"{details.Heads} query, {details.KeyValueHeads} key/value, {details.HeadSize} wide"),
            ("feed-forward", Number(details.FeedForwardSize)),
            ("vocabulary", Number(details.VocabularySize) + (details.TiedEmbeddings ? ", tied head" : "")),
            ("context", Number(details.ContextLength)),
            ("tensors", string.Join(", ", details.TensorTypes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}"))),
            ("chat template", details.ChatTemplate ?? "none that this build knows"),
            ("tokenizer", details.TokenizerFingerprint[..16]),
        ];
        foreach ((string name, string value) in rows)
        {
            console.Output.WriteLine($"{name,-14} {value}");
        }

        return ExitCode.Done;
    }
}
