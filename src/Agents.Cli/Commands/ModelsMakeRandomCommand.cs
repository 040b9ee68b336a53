using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;

namespace Agents.Cli.Commands;

/// <summary><c>agents models make-random</c>: a model with seeded random weights, for tests and speed measurements.</summary>
internal sealed class ModelsMakeRandomCommand : AgentsCommand
{
    private readonly Argument<string> _output = TextArgument.Create("OUT", "The .gguf file to write; replaced if it exists.");
    private readonly Option<string> _shape = new("--shape") { Description = $"One of {string.Join(", ", ModelPresets.All.Keys)}.", HelpName = "SHAPE", DefaultValueFactory = static _ => "tiny" };
    private readonly Option<int?> _layers = NumberOption.Whole("--layers", "Another number of layers than the shape's own.", 1, 1000);
    private readonly Option<string> _type = ElementTypeOption.Create();

    public ModelsMakeRandomCommand()
        : base("make-random", "Writes a model with seeded random weights: its speed is real, its answers are noise.")
    {
        Arguments.Add(_output);
        Options.Add(_shape);
        Options.Add(_layers);
        Options.Add(_type);
        Options.Add(SharedOptions.Seed);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents models make-random noise.gguf --seed 7", "a small random model for tests"),
            new("agents models make-random qwen.gguf --shape qwen2.5-0.5b --type q8_0", "the shape of a real checkpoint, to measure speed"),
        ];
    }

    /// <inheritdoc/>
    protected override Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string path = Path.GetFullPath(arguments.GetValue(_output)!);
        if (!path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"'{arguments.GetValue(_output)}' does not end with .gguf; random models are written as GGUF files.");
        }

        string name = arguments.GetValue(_shape)!;
        ModelShape shape = ModelPresets.Find(name);
        if (arguments.GetValue(_layers) is int layers)
        {
            shape = shape with { Layers = [.. Enumerable.Repeat(shape.Layers[0], layers)] };
        }

        MatrixTypes types = ElementTypeOption.Parse(arguments.GetValue(_type)!);
        TokenizerDefinition tokenizer = SyntheticVocabulary.Create(shape.VocabularySize);
        using DecoderWeights<float> weights = new(shape);
        WeightInitializer.Fill(weights, new SampleStream(arguments.GetValue(SharedOptions.Seed), 0, 0));
        cancellationToken.ThrowIfCancellationRequested();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        GgufCheckpoint.Save(path, weights, tokenizer, new GgufSaveOptions { Name = "random-" + name, Types = types });
        ModelItem item = ModelInspection.Describe("random-" + name, "created", path);
        if (console.Json)
        {
            console.WriteJson(new ItemsDocument<ModelItem>([item]), CliJson.Readable.Models);
        }
        else
        {
            console.Output.WriteLine($"{path} ({ByteSize.Text(item.Bytes)})");
        }

        return Task.FromResult(ExitCode.Done);
    }
}
