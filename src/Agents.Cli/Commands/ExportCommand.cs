using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Numerics.Formats;

namespace Agents.Cli.Commands;

/// <summary><c>agents export</c>: writes a model in another format or element type.</summary>
internal sealed class ExportCommand : AgentsCommand
{
    private readonly Argument<string> _input = TextArgument.Create("IN", "tiny, a .gguf file, or a folder with safetensors.");
    private readonly Argument<string> _output = TextArgument.Create("OUT", "A path ending with .gguf becomes a GGUF file, any other a folder with safetensors.");
    private readonly Option<string> _type = ElementTypeOption.Create();

    public ExportCommand()
        : base("export", "Converts a model between GGUF and safetensors, or to another element type.")
    {
        Arguments.Add(_input);
        Arguments.Add(_output);
        Options.Add(_type);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents export tiny tiny-f32.gguf", "the embedded model in single precision, for any GGUF reader"),
            new("agents export ./qwen2.5-0.5b qwen.gguf --type q4_k_m", "a Hugging Face folder as one quantized file"),
            new("agents export model.gguf ./model --type bf16", "a GGUF file as a Hugging Face folder"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string input = ModelPaths.Resolve(arguments.GetValue(_input)!);
        string output = Path.GetFullPath(arguments.GetValue(_output)!);
        MatrixTypes types = ElementTypeOption.Parse(arguments.GetValue(_type)!);
        bool gguf = output.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);
        if (output == input)
        {
            throw new UsageException("IN and OUT are the same; a model is not replaced while it is read.");
        }

        if (!gguf && types.Main is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            throw new UsageException($"Safetensors have no {types.Id}; write a .gguf file, or choose f32, f16 or bf16.");
        }

        if (!gguf && File.Exists(output))
        {
            throw new UsageException($"'{output}' is a file; safetensors are written to a folder.");
        }

        DecoderCheckpoint checkpoint = await LocalModels.ReadCheckpointAsync(input, cancellationToken).ConfigureAwait(false);
        using DecoderWeights<float> weights = checkpoint.Weights;
        if (gguf)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(output)!);
            GgufCheckpoint.Save(output, weights, checkpoint.Tokenizer, new GgufSaveOptions { Name = checkpoint.Name, Types = types });
        }
        else
        {
            await HuggingFaceCheckpoint.SaveAsync(output, weights, checkpoint.Tokenizer, types.Main, cancellationToken).ConfigureAwait(false);
        }

        ModelItem written = await LocalModels.InspectAsync(output, cancellationToken).ConfigureAwait(false);
        ExportDocument document = new(output, written.Format, types.Id, written.Details!.TensorTypes.Values.Sum(), written.Bytes);
        if (console.Json)
        {
            console.WriteJson(document, CliJson.Readable.ExportDocument);
        }
        else
        {
            console.Output.WriteLine($"{document.Output}: {document.Tensors} tensors, {ByteSize.Text(document.Bytes)}");
        }

        return ExitCode.Done;
    }
}
