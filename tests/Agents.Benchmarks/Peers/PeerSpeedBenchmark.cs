using System.Globalization;
using System.Text.Json.Nodes;
using Agents.Evaluation.Speed;
using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Quantized;
using Agents.Numerics.Threading;

namespace Agents.Benchmarks.Peers;

/// <summary>
/// Our engine and llama.cpp on the same file with the same number of threads, in alternating pairs: decode, prefill of 512, 16 samples of one prompt of 200 tokens,
/// cost of a token by context length, load time, resident memory. Ours includes sampling, llama.cpp's does not. llama.cpp holds keys and values in F16; ours is a choice.
/// </summary>
internal static class PeerSpeedBenchmark
{
    private const int Samples = 16;
    private const int GroupPrompt = 200;
    private const int GroupSteps = 32;
    private const int PromptTokens = 512;
    private const int DecodeTokens = 64;
    private static readonly int[] ContextLengths = [128, 256, 512, 1024, 2048, 4096];

    /// <summary>Runs the comparison.</summary>
    /// <param name="arguments">MODEL.gguf [THREADS] [ROUNDS] [all|short] [f32|f16|q8_0] [PLOT.svg].</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            Console.Error.WriteLine("usage: peer-speed MODEL.gguf [THREADS=1] [ROUNDS=5] [all|short] [CACHE=f32|f16|q8_0] [PLOT.svg]");
            return 2;
        }

        int threads = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1;
        int rounds = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 5;
        bool contexts = arguments.Length <= 3 || arguments[3] == "all";
        ElementType cache = arguments.Length > 4 ? Enum.Parse<ElementType>(arguments[4], ignoreCase: true) : ElementType.F32;
        string path = arguments[0];
        int room = contexts ? ContextLengths[^1] + 64 : Math.Max(PromptTokens, GroupPrompt + (Samples * GroupSteps)) + 64;
        using LlamaCppPeer peer = LlamaCppPeer.Start(path, threads, room, Samples, "f16");
        using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
        using SimdKernels kernels = new(pool);
        TimeProvider time = TimeProvider.System;
        long start = time.GetTimestamp();
        DecoderModelOptions options = new() { Kernels = kernels, PrefixCache = false, Cache = new KvCacheOptions { Type = cache } };
        using DecoderModel model = await DecoderModel.LoadAsync(path, options).ConfigureAwait(false);
        double load = time.GetElapsedTime(start).TotalSeconds;
        EngineBenchmark ours = new(model, new SampleStream(1), time);
        Console.WriteLine($"{Path.GetFileName(path)}, {threads} thread(s), {rounds} alternating rounds, medians of paired ratios; ours on {kernels.Path} and {(kernels.Quantized as SimdQuantizedKernels)?.Path}, keys and values in {BlockLayouts.NameOf(cache)}");
        Console.WriteLine($"load      ours {load:F2} s   llama.cpp {peer.LoadSeconds:F2} s (memory mapped)");

        await PairAsync("decode", DecodeTokens, rounds, async () =>
        {
            int[] prompt = ours.NextPrompt(16);
            double mine = await ours.DecodeAsync(prompt, DecodeTokens).ConfigureAwait(false);
            return (mine, Seconds(peer.Ask(new { op = "decode", tokens = prompt, count = DecodeTokens })));
        }).ConfigureAwait(false);
        await PairAsync("prefill", PromptTokens, rounds, async () =>
        {
            int[] prompt = ours.NextPrompt(PromptTokens);
            double mine = await ours.PrefillAsync(prompt).ConfigureAwait(false);
            return (mine, Seconds(peer.Ask(new { op = "prefill", tokens = prompt })));
        }).ConfigureAwait(false);
        await PairAsync("group", Samples * GroupSteps, rounds, async () =>
        {
            int[] prompt = ours.NextPrompt(GroupPrompt);
            GroupTiming mine = await ours.GroupAsync(prompt, Samples, GroupSteps + 1).ConfigureAwait(false);
            JsonNode theirs = peer.Ask(new { op = "group", tokens = prompt, samples = Samples, count = GroupSteps });
            return (mine.PromptSeconds + mine.DecodeSeconds, (double)theirs["promptSeconds"]! + Seconds(theirs));
        }).ConfigureAwait(false);
        if (contexts)
        {
            List<(int Length, double Ours, double Peer)> costs = [];
            foreach (int length in ContextLengths.Where(length => length + 17 <= model.Shape.ContextLength))
            {
                (double mineSpeed, double peerSpeed) = await PairAsync($"at {length}", 16, Math.Min(rounds, 3), async () =>
                {
                    int[] prompt = ours.NextPrompt(length);
                    double mine = await ours.DecodeAsync(prompt, 16).ConfigureAwait(false);
                    return (mine, Seconds(peer.Ask(new { op = "decode", tokens = prompt, count = 16 })));
                }).ConfigureAwait(false);
                costs.Add((length, 1000 / mineSpeed, 1000 / peerSpeed));
            }

            if (arguments.Length > 5)
            {
                ContextPlot.Write(arguments[5], $"{Path.GetFileNameWithoutExtension(path)}, {threads} thread(s)", costs);
            }
        }

        long resident = (long)peer.Ask(new { op = "memory" })["residentBytes"]!;
        Console.WriteLine($"resident  ours {Environment.WorkingSet / 1048576.0:F0} MiB   llama.cpp with Python {resident / 1048576.0:F0} MiB   ratio {(double)Environment.WorkingSet / resident:F2}");
        return 0;
    }

    private static double Seconds(JsonNode answer) => (double)answer["seconds"]!;

    /// <summary>Runs one unmeasured pair, then the rounds; prints and returns the median tokens per second of both, prints the median of the paired ratios.</summary>
    private static async Task<(double Ours, double Theirs)> PairAsync(string name, int tokens, int rounds, Func<Task<(double Ours, double Theirs)>> measure)
    {
        await measure().ConfigureAwait(false);
        var ours = new double[rounds];
        var theirs = new double[rounds];
        var ratios = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            (double mine, double peer) = await measure().ConfigureAwait(false);
            ours[round] = tokens / mine;
            theirs[round] = tokens / peer;
            ratios[round] = peer / mine;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-8}  ours {Median(ours),8:F1}   llama.cpp {Median(theirs),8:F1} tokens/s   ratio {Median(ratios),5:F2}  ({ratios.Min():F2} to {ratios.Max():F2})"));
        return (Median(ours), Median(theirs));
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
