using System.Globalization;
using System.Text.Json.Nodes;

namespace Agents.Benchmarks.Training;

/// <summary>
/// A LoRA step (rank 8, all linear layers, 256 tokens) at the Qwen2.5-0.5B shape beside PyTorch's step over single-precision weights, on as many threads,
/// alternating. On two threads PyTorch runs twice: two threads over a two-thread BLAS, and one thread over it, which is often its fastest setting.
/// </summary>
internal static class LoraStepBenchmark
{
    /// <summary>Prints one line per pair of steps and the median ratios.</summary>
    public static int Run(string[] arguments)
    {
        if (arguments.Length is < 1 or > 3)
        {
            Console.Error.WriteLine("usage: lora-step MODEL.gguf [THREADS [ROUNDS]]");
            return 2;
        }

        string threads = arguments.Length > 1 ? arguments[1] : "1";
        int rounds = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 3;
        (string Torch, string Blas)[] settings = threads == "1" ? [("1", "1")] : [(threads, threads), ("1", threads)];
        List<StepProcess> peers = [];
        try
        {
            peers.AddRange(settings.Select(setting => StepProcess.PyTorch(setting.Torch, setting.Blas)));
            using StepProcess own = StepProcess.Own(arguments[0], threads);
            double weights = (double)own.Greeting["weightBytes"]!;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(arguments[0])}: {weights / (1 << 20):F0} MiB of weights, ledger {(double)own.Greeting["ledger"]!:F3} times that, layers computed again: {own.Greeting["recomputes"]}, {own.Greeting["chunk"]} rows of logits at a time"));
            own.Step();
            peers.ForEach(peer => peer.Step());
            Console.WriteLine("| threads | round | PyTorch threads / BLAS threads | PyTorch, ms | this trainer, ms | ratio |\n|---|---|---|---|---|---|");
            List<double>[] ratios = [.. settings.Select(_ => new List<double>())];
            JsonNode last = own.Greeting;
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < peers.Count; i++)
                {
                    last = own.Step();
                    double ours = Milliseconds(last);
                    double plain = Milliseconds(peers[i].Step());
                    ratios[i].Add(plain / ours);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {threads} | {round} | {settings[i].Torch} / {settings[i].Blas} | {plain:F0} | {ours:F0} | {plain / ours:F2} |"));
                }
            }

            // Apart from the pairs, because the two kinds of steps disturb each other's memory.
            for (int i = 0; i < peers.Count; i++)
            {
                peers[i].Step("checkpoint");
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"PyTorch with gradient checkpointing, {settings[i].Torch} / {settings[i].Blas} threads: {Milliseconds(peers[i].Step("checkpoint")):F0} ms"));
            }

            foreach (List<double> ratio in ratios)
            {
                ratio.Sort();
            }

            double peak = (double)last["peakBytes"]!;
            Console.WriteLine($"median ratio: {string.Join(", ", ratios.Select(ratio => ratio[ratio.Count / 2].ToString("F2", CultureInfo.InvariantCulture)))}");
            Console.WriteLine($"phases, ms: {last["phases"]!.ToJsonString()}; {last["allocated"]} bytes allocated per step");
            Console.WriteLine($"kernels, ms: {last["kernels"]!.ToJsonString()}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak resident memory of the process: {peak / (1 << 20):F0} MiB = {peak / weights:F3} times the weights"));
        }
        finally
        {
            peers.ForEach(peer => peer.Dispose());
        }

        return 0;
    }

    private static double Milliseconds(JsonNode answer) => (double)answer["milliseconds"]!;
}
