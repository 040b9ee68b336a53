using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;

namespace Agents.Cli.Commands;

/// <summary><c>agents generate</c>: raw completion of a prompt, without a chat template.</summary>
internal sealed class GenerateCommand : AgentsCommand
{
    private const int DefaultTokens = 128;

    /// <summary>Tokens of the unmeasured first run; enough for the code on the hot path to be compiled.</summary>
    private const int WarmUpTokens = 8;

    private const int WarmUpPrompt = 64;

    /// <summary>The unmeasured first run must not answer for the measured one.</summary>
    private static readonly DecoderModelOptions s_options = new() { PrefixCache = false };

    private readonly Option<string> _prompt = new("--prompt", "-p") { Description = "The text to continue; - reads standard input.", HelpName = "TEXT", Required = true };
    private readonly Option<int?> _logProbs = NumberOption.Whole("--logprobs", "How many alternatives to show per token.", 0, 100);
    private readonly Option<string?> _schema = new("--json-schema") { Description = "The completion is JSON that the schema in this file accepts.", HelpName = "FILE" };
    private readonly Option<string?> _regex = new("--regex") { Description = "The completion matches this regular expression as a whole.", HelpName = "PATTERN" };
    private readonly Option<string[]> _adapters = new("--adapter")
    {
        Description = "A LoRA adapter to run with: a .gguf file or a PEFT folder. Can be repeated; their changes add up.",
        HelpName = "PATH",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<bool> _ignoreEnd = new("--ignore-end") { Description = "Go on after end tokens, up to --max-tokens (measurements)." };

    public GenerateCommand()
        : base("generate", "Continues a text: raw completion without a chat template.")
    {
        Options.Add(SharedOptions.Model);
        Options.Add(_prompt);
        Options.Add(SharedOptions.MaxTokens);
        Options.Add(SharedOptions.Temperature);
        Options.Add(SharedOptions.Seed);
        Options.Add(_logProbs);
        Options.Add(_schema);
        Options.Add(_regex);
        Options.Add(_adapters);
        Options.Add(_ignoreEnd);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents generate --prompt \"ann has 3 figs\" --max-tokens 20", "continue a text with the embedded model, greedily"),
            new("agents generate --prompt \"ann has 3 figs\" --regex \" [0-9]{1,3}\"", "a completion of a given form"),
            new("agents generate --model model.gguf --prompt \"Once\" --temperature 0.8 --seed 7 --json", "sample; tokens, log-probabilities and speed as JSON"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string prompt = arguments.GetValue(_prompt)!;
        prompt = prompt == "-" ? await StandardInput.ReadToEndAsync(cancellationToken).ConfigureAwait(false) : prompt;
        using DecoderModel model = await LocalModels.OpenAsync(arguments.GetValue(SharedOptions.Model)!, cancellationToken, s_options).ConfigureAwait(false);
        string[] adapters = arguments.GetValue(_adapters) ?? [];
        foreach (string path in adapters)
        {
            await model.Adapters.LoadAsync(path, path, cancellationToken).ConfigureAwait(false);
        }

        int[] ids = Encode(model.Tokenizer, prompt);
        GenerationRequest request = new()
        {
            Prompts = [PromptSamples.Create(ids, arguments.GetValue(SharedOptions.Seed), 0, 1) with { Adapters = [.. adapters.Select(path => new AdapterUse(path))] }],
            Sampling = new SamplingOptions { Temperature = arguments.GetValue(SharedOptions.Temperature) ?? 0 },
            MaxTokens = arguments.GetValue(SharedOptions.MaxTokens) ?? DefaultTokens,
            TopLogProbabilities = arguments.GetValue(_logProbs) ?? 0,
            IgnoreEndTokens = arguments.GetValue(_ignoreEnd),
            Constraint = await ReadConstraintAsync(arguments, cancellationToken).ConfigureAwait(false),
        };
        await WarmUpAsync(model, request, cancellationToken).ConfigureAwait(false);
        GenerateDocument document = await GenerateAsync(model, request, console, cancellationToken).ConfigureAwait(false);
        if (console.Json)
        {
            console.WriteJson(document, CliJson.Readable.GenerateDocument);
        }
        else
        {
            WriteSummary(document, console);
        }

        return ExitCode.Done;
    }

    private async Task<OutputConstraint?> ReadConstraintAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string? file = arguments.GetValue(_schema);
        string? pattern = arguments.GetValue(_regex);
        if (file is null)
        {
            return pattern is null ? null : OutputConstraint.Regex(pattern);
        }

        return pattern is not null
            ? throw new UsageException("--json-schema and --regex exclude each other; choose one.")
            : OutputConstraint.JsonSchema(await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false));
    }

    private static int[] Encode(ITokenizer tokenizer, string prompt)
    {
        List<int> ids = [];
        if (tokenizer.AddBos && tokenizer.BosId is int bos)
        {
            ids.Add(bos);
        }

        tokenizer.Encode(prompt, ids);
        return ids.Count > 0 ? [.. ids] : throw new UsageException("The prompt is empty; a completion needs at least one token to start from.");
    }

    private static async Task WarmUpAsync(DecoderModel model, GenerationRequest request, CancellationToken cancellationToken)
    {
        PromptSamples prompt = request.Prompts[0];
        GenerationRequest small = request with
        {
            Prompts = [prompt with { TokenIds = [.. prompt.TokenIds.Take(WarmUpPrompt)] }],
            MaxTokens = Math.Min(WarmUpTokens, request.MaxTokens),
        };
        await foreach (GeneratedToken _ in model.GenerateAsync(small, cancellationToken).ConfigureAwait(false))
        {
        }
    }

    private static async Task<GenerateDocument> GenerateAsync(DecoderModel model, GenerationRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        ITokenizer tokenizer = model.Tokenizer;
        StreamingDecoder decoder = new(tokenizer);
        List<TokenItem> tokens = [];
        System.Text.StringBuilder text = new();
        GenerationFinish finish = GenerationFinish.None;
        long start = Stopwatch.GetTimestamp();
        long first = start;
        long last = start;
        await foreach (GeneratedToken token in model.GenerateAsync(request, cancellationToken).ConfigureAwait(false))
        {
            last = Stopwatch.GetTimestamp();
            first = tokens.Count == 0 ? last : first;
            finish = token.Finish;
            tokens.Add(Describe(tokenizer, token));
            string piece = tokenizer.IsSpecial(token.Id) ? "" : decoder.Append(token.Id);
            text.Append(piece);
            if (!console.Json)
            {
                console.WriteModelText(piece);
            }
        }

        string rest = decoder.Finish();
        if (!console.Json)
        {
            console.WriteModelText(rest + Environment.NewLine);
        }

        return new GenerateDocument
        {
            Model = model.Name,
            Generation = model.GenerationIdOf(request.Prompts[0].Adapters),
            PromptTokenIds = request.Prompts[0].TokenIds,
            Tokens = tokens,
            Text = text.Append(rest).ToString(),
            FinishReason = FinishName(finish),
            PrefillTokensPerSecond = Speed(request.Prompts[0].TokenIds.Count, start, first),
            DecodeTokensPerSecond = Speed(tokens.Count - 1, first, last),
        };
    }

    private static TokenItem Describe(ITokenizer tokenizer, GeneratedToken token) =>
        new(token.Id, tokenizer.TokenText(token.Id), token.PlainLogProbability)
        {
            Alternatives = token.Alternatives.Count == 0
                ? null
                : [.. token.Alternatives.Select(other => new TokenItem(other.Id, tokenizer.TokenText(other.Id), other.LogProbability))],
        };

    private static double? Speed(int tokens, long from, long to) => tokens <= 0 || to <= from ? null : tokens / Stopwatch.GetElapsedTime(from, to).TotalSeconds;

    private static string FinishName(GenerationFinish finish) => finish switch
    {
        GenerationFinish.EndToken or GenerationFinish.StopSequence => "stop",
        GenerationFinish.Length => "length",
        GenerationFinish.ContextFull => "context",
        _ => "cancelled",
    };

    private static void WriteSummary(GenerateDocument document, CommandConsole console)
    {
        foreach (TokenItem token in document.Tokens.Where(token => token.Alternatives is not null))
        {
            string others = string.Join("  ", token.Alternatives!.Select(other => string.Create(CultureInfo.InvariantCulture, $"{other.Text} {other.LogProb:F3}")));
            console.Note(string.Create(CultureInfo.InvariantCulture, $"{token.Id,8} {token.LogProb,9:F4}  {token.Text,-12} | {others}"));
        }

        console.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{document.PromptTokenIds.Count} prompt tokens at {document.PrefillTokensPerSecond:F0}/s, {document.Tokens.Count} tokens at {document.DecodeTokensPerSecond:F0}/s, ended: {document.FinishReason}"));
    }
}
