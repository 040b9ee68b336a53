using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Evaluation.Speed;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;

namespace Agents.Cli.Commands;

/// <summary><c>agents bench engine</c>: load time, decode, prefill, group sampling, cost by context length and memory of a local model.</summary>
internal sealed class BenchEngineCommand : AgentsCommand
{
    private readonly Option<int?> _threads = NumberOption.Whole("--threads", "Compute threads (default: all physical cores).", 1, ComputePool.MaximumThreads);
    private readonly Option<int?> _rounds = NumberOption.Whole("--rounds", "How often each figure is taken; the median counts (default 3).", 1, 1000);
    private readonly Option<int?> _longest = NumberOption.Whole("--longest", "Longest context whose cost is measured (default 4096).", 1);

    public BenchEngineCommand()
        : base("engine", "Measures the embedded engine with a model: load, decode, prefill, group, long contexts, memory.")
    {
        Options.Add(SharedOptions.Model);
        Options.Add(_threads);
        Options.Add(_rounds);
        Options.Add(_longest);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents bench engine", "the embedded model on all cores"),
            new("agents bench engine --model qwen.gguf --threads 1 --json", "another model on one thread, as JSON"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        EngineBenchmarkOptions options = new() { Rounds = arguments.GetValue(_rounds) ?? 3 };
        int longest = arguments.GetValue(_longest) ?? options.ContextLengths[^1];
        options = options with { ContextLengths = [.. options.ContextLengths.Where(length => length <= longest)] };
        using ComputePool pool = new(new ComputePoolOptions { Threads = arguments.GetValue(_threads) ?? 0 });
        using SimdKernels kernels = new(pool);
        TimeProvider time = TimeProvider.System;
        List<SpeedRow> rows = [];
        long start = time.GetTimestamp();
        using DecoderModel model = await LocalModels.OpenAsync(arguments.GetValue(SharedOptions.Model)!, cancellationToken, new DecoderModelOptions { Kernels = kernels, PrefixCache = false }).ConfigureAwait(false);
        Report(new SpeedRow("load", pool.Threads, 0, 0, 0, time.GetElapsedTime(start).TotalSeconds, 0, Environment.WorkingSet), rows, console);
        await foreach (SpeedRow row in EngineReport.MeasureAsync(model, pool.Threads, options, time, cancellationToken).ConfigureAwait(false))
        {
            Report(row, rows, console);
        }

        if (console.Json)
        {
            console.WriteJson(new BenchDocument(model.Name, model.GenerationId, kernels.Path.ToString(), rows), CliJson.Readable.BenchDocument);
        }

        return ExitCode.Done;
    }

    private static void Report(SpeedRow row, List<SpeedRow> rows, CommandConsole console)
    {
        rows.Add(row);
        TextWriter writer = console.Json ? console.Error : console.Output;
        writer.WriteLine(row.TokensPerSecond > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{row.Name,-8} {row.TokensPerSecond,9:F1} tokens/s  {row.Tokens} tokens behind {row.Context}, {row.Samples} at a time, {row.Threads} threads")
            : string.Create(CultureInfo.InvariantCulture, $"{row.Name,-8} {row.Seconds,9:F2} s         {ByteSize.Text(row.Bytes)} resident"));
    }
}
