using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Cli.Sessions;
using Agents.Compression.Quantization;

namespace Agents.Cli.Commands;

/// <summary><c>agents quantize</c>: stores a model in fewer bits and says what that costs.</summary>
internal sealed class QuantizeCommand : AgentsCommand
{
    private static readonly QuantizationMethods Methods = new();

    private readonly Argument<string> _input = TextArgument.Create("IN", "tiny, a .gguf file, or a folder with safetensors.");
    private readonly Argument<string> _output = TextArgument.Create("OUT", "The .gguf file to write; replaced if it exists.");
    private readonly Option<string> _method = new("--method")
    {
        Description = $"One of {string.Join(", ", Methods.All.Select(method => method.Id))}.",
        HelpName = "ID",
        Required = true,
    };

    private readonly Option<string?> _text = new("--text") { Description = "A file whose perplexity is measured before and after (default: questions of the built-in tasks).", HelpName = "FILE" };
    private readonly Option<bool> _noPerplexity = new("--no-perplexity") { Description = "Do not run the models, only convert: for models larger than the memory." };

    public QuantizeCommand()
        : base("quantize", "Stores a model in fewer bits per weight and measures the perplexity before and after.")
    {
        Arguments.Add(_input);
        Arguments.Add(_output);
        Options.Add(_method);
        Options.Add(_text);
        Options.Add(_noPerplexity);
        Options.Add(SharedOptions.Json);
        Validators.Add(result =>
        {
            if (result.GetResult(_text) is not null && result.GetValue(_noPerplexity))
            {
                result.AddError("Give either --text or --no-perplexity.");
            }
        });
        Examples =
        [
            new("agents quantize tiny tiny-q4.gguf --method q4_k", "the embedded model at 4.5 bits per weight"),
            new("agents quantize ./qwen2.5-0.5b qwen.gguf --method q4_k_m --text notes.txt", "a Hugging Face folder, measured on a text of one's own"),
            new("agents quantize big-f16.gguf big.gguf --method q6_k --no-perplexity", "a model of any size, a few rows at a time"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        IQuantizationMethod method = Find(arguments.GetValue(_method)!);
        string output = Path.GetFullPath(arguments.GetValue(_output)!);
        if (!output.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"'{arguments.GetValue(_output)}' does not end with .gguf; quantized models are written as GGUF files.");
        }

        string input = ModelPaths.Resolve(arguments.GetValue(_input)!);
        if (output == input)
        {
            throw new UsageException("IN and OUT are the same; a model is not replaced while it is read.");
        }

        string? text = await ReadTextAsync(arguments, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        QuantizationResult result = await ModelQuantizer.ConvertAsync(input, output, method, text, cancellationToken).ConfigureAwait(false);
        if (console.Json)
        {
            QuantizeDocument document = new(
                result.Output,
                result.Method,
                result.BitsPerWeight,
                result.BytesBefore,
                result.BytesAfter,
                result.PerplexityBefore,
                result.PerplexityAfter,
                result.ScoredTokens,
                result.FallbackMatrices.Length);
            console.WriteJson(document, CliJson.Readable.QuantizeDocument);
        }
        else
        {
            Write(console, result);
        }

        return ExitCode.Done;
    }

    private static IQuantizationMethod Find(string id)
    {
        try
        {
            return Methods.Get(id.ToLowerInvariant());
        }
        catch (QuantizationMethodNotFoundException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private static void Write(CommandConsole console, QuantizationResult result)
    {
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Output}: {result.Method}, {result.BitsPerWeight:F3} bits per weight, {ByteSize.Text(result.BytesBefore)} -> {ByteSize.Text(result.BytesAfter)}"));
        if (result.ScoredTokens > 0)
        {
            console.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"perplexity {result.PerplexityBefore:G6} -> {result.PerplexityAfter:G6} on {result.ScoredTokens} tokens"));
        }

        if (result.FallbackMatrices.Length > 0)
        {
            console.Note($"{result.FallbackMatrices.Length} matrices have rows that do not fit the blocks of {result.Method} and got a type with smaller blocks, for example {result.FallbackMatrices[0]}.");
        }
    }

    private async Task<string?> ReadTextAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_noPerplexity))
        {
            return null;
        }

        string? file = arguments.GetValue(_text);
        if (file is null)
        {
            return HeldText.Create();
        }

        return File.Exists(file)
            ? await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)
            : throw new FileNotFoundException($"There is no file '{file}'.", file);
    }
}
