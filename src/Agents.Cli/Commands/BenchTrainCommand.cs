using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Training.Adapters;
using Agents.Training.Speed;

namespace Agents.Cli.Commands;

/// <summary><c>agents bench train</c>: time per phase, memory and allocations of an adapter's step and of a step of full training.</summary>
internal sealed class BenchTrainCommand : AgentsCommand
{
    private const string Adapter = "adapter";
    private const string Full = "full";
    private const string Both = "both";
    private static readonly string[] Kinds = ["lora", "rslora", "dora"];

    private readonly Option<string> _step = new("--step") { Description = $"Which steps: {Adapter}, {Full} or {Both}.", HelpName = "STEP", DefaultValueFactory = static _ => Both };
    private readonly Option<string> _kind = new("--kind") { Description = $"Kind of adapter: {string.Join(", ", Kinds)}.", HelpName = "KIND", DefaultValueFactory = static _ => "lora" };
    private readonly Option<int?> _rank = NumberOption.Whole("--rank", "Rank of the adapter, trained on all linear layers (default 8).", 1, 4096);
    private readonly Option<int?> _tokens = NumberOption.Whole("--tokens", "Tokens per step (default 256).", 2, 1 << 24);
    private readonly Option<int?> _rows = NumberOption.Whole("--rows", "Rows per micro-batch, also the length of the sequences (default: all tokens in one).", 2, 1 << 20);
    private readonly Option<double?> _memory = NumberOption.Real("--memory-ratio", "How many times the model's bytes an adapter's step may hold before it computes activations twice (default 1.5).", 0, exclusive: true);
    private readonly Option<int?> _threads = NumberOption.Whole("--threads", "Compute threads (default: all physical cores).", 1, ComputePool.MaximumThreads);
    private readonly Option<int?> _rounds = NumberOption.Whole("--rounds", "How many steps are measured after one that is not; the median counts (default 3).", 1, 1000);

    public BenchTrainCommand()
        : base("train", "Measures optimizer steps on random tokens: tokens per second, phases, memory, allocations.")
    {
        Options.Add(SharedOptions.Model);
        Options.Add(_step);
        Options.Add(_kind);
        Options.Add(_rank);
        Options.Add(_tokens);
        Options.Add(_rows);
        Options.Add(_memory);
        Options.Add(_threads);
        Options.Add(_rounds);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents bench train", "LoRA and full training of the embedded model"),
            new("agents bench train --model qwen-q8_0.gguf --step adapter --threads 1 --json", "a LoRA step over a quantized base on one thread, as JSON"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string step = Choice("--step", arguments.GetValue(_step)!, [Adapter, Full, Both]);
        string kind = Choice("--kind", arguments.GetValue(_kind)!, Kinds);
        StepBenchmarkOptions options = Read(arguments, kind);
        string path = ModelPaths.Resolve(arguments.GetValue(SharedOptions.Model)!);
        using ComputePool pool = new(new ComputePoolOptions { Threads = arguments.GetValue(_threads) ?? 0 });
        using SimdKernels kernels = new(pool);
        List<StepReport> reports = [];
        List<string> omitted = [];
        long bytes = 0;
        DecoderCheckpoint start = await DecoderCheckpoint.LoadAsync(
            path, step == Full ? null : new CheckpointLoadOptions { Storage = WeightStorage.AsStored, Kernels = kernels }, cancellationToken).ConfigureAwait(false);
        ModelShape shape = start.Weights.Shape;
        if (step != Full)
        {
            using DecoderWeights<float> weights = start.Weights;
            bytes = AdapterMemory.BytesOf(weights);
            Report(StepBenchmark.Adapter(weights, kernels, pool.Threads, options, TimeProvider.System, cancellationToken), reports, console);
        }

        if (step != Adapter)
        {
            long needed = StepBenchmark.PlanFull(shape, options).TotalBytes;
            long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            if (needed > available)
            {
                omitted.Add($"full: needs {ByteSize.Text(needed)}, this machine has {ByteSize.Text(available)}.");
                (console.Json ? console.Error : console.Output).WriteLine(omitted[^1]);
                if (step == Full)
                {
                    start.Weights.Dispose();
                }
            }
            else
            {
                DecoderCheckpoint single = step == Full ? start : await DecoderCheckpoint.LoadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
                bytes = bytes == 0 ? AdapterMemory.BytesOf(single.Weights) : bytes;
                Report(StepBenchmark.Full(single.Weights, kernels, pool.Threads, options, TimeProvider.System, cancellationToken), reports, console);
            }
        }

        if (console.Json)
        {
            console.WriteJson(new StepBenchDocument(start.Name, kernels.Path.ToString(), bytes, reports, omitted), CliJson.Readable.StepBenchDocument);
        }

        return ExitCode.Done;
    }

    private StepBenchmarkOptions Read(ParseResult arguments, string kind)
    {
        AdapterTrainerOptions defaults = new();
        return new StepBenchmarkOptions
        {
            Tokens = arguments.GetValue(_tokens) ?? 256,
            Rows = arguments.GetValue(_rows),
            Rounds = arguments.GetValue(_rounds) ?? 3,
            Adapter = defaults with
            {
                MemoryRatio = arguments.GetValue(_memory) ?? defaults.MemoryRatio,
                Adapter = new AdapterOptions
                {
                    Kind = kind == "dora" ? AdapterKind.Dora : AdapterKind.Lora,
                    RankStabilized = kind == "rslora",
                    Rank = arguments.GetValue(_rank) ?? 8,
                },
            },
        };
    }

    private static string Choice(string option, string text, string[] known) =>
        known.Contains(text, StringComparer.Ordinal) ? text : throw new UsageException($"{option} is '{text}', expected one of {string.Join(", ", known)}.");

    private static void Report(StepReport report, List<StepReport> reports, CommandConsole console)
    {
        reports.Add(report);
        TextWriter writer = console.Json ? console.Error : console.Output;
        string what = report.Rank == 0 ? report.Step : $"{report.Step} rank {report.Rank}";
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {report.Seconds * 1e3:F1} ms per step, {report.TokensPerSecond:F1} tokens/s ({report.Tokens} tokens in micro-batches of {report.Rows}, {report.Threads} threads, {report.Parameters} parameters)"));
        foreach (PhaseTime phase in report.Phases)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {phase.Name,-14}{phase.Seconds * 1e3,10:F1} ms"));
        }

        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {report.AllocatedBytes} bytes allocated per step, {ByteSize.Text(report.PeakBytes)} resident at most; {report.ChunkRows} rows of logits at a time"));
        foreach (string line in report.Ledger.ToString().TrimEnd().Split('\n'))
        {
            writer.WriteLine("  " + line);
        }
    }
}
