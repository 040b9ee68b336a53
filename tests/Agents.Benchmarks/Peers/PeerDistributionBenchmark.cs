using System.Globalization;
using System.Runtime.InteropServices;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Benchmarks.Peers;

/// <summary>
/// Whole next-token distributions of our engine and llama.cpp on the same file, keys and values in single precision on both sides: mean and largest KL divergence, and
/// how often the best token differs where llama.cpp's two best lie more than 0.1 nat apart. Beside it the distance of llama.cpp from itself with its other attention.
/// </summary>
internal static class PeerDistributionBenchmark
{
    private const double ClearGap = 0.1;

    /// <summary>Runs the comparison.</summary>
    /// <param name="arguments">MODEL.gguf [PROMPTS=128] [LENGTH=2].</param>
    public static int Run(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            Console.Error.WriteLine("usage: peer-distributions MODEL.gguf [PROMPTS=128] [LENGTH=2]");
            return 2;
        }

        int count = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 128;
        int length = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 2;
        string path = arguments[0];
        using ComputePool pool = new();
        using SimdKernels kernels = new(pool);
        using DecoderWeights<float> weights = GgufCheckpoint.Load(path, new CheckpointLoadOptions { Storage = WeightStorage.AsStored, Kernels = kernels }).Weights;
        int vocabulary = weights.Shape.VocabularySize;
        SampleStream stream = new(5);
        int[][] prompts = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, length).Select(_ => stream.NextInt(vocabulary)).ToArray())];
        using AlignedBuffer<float> ours = Logits(weights, kernels, prompts);
        using AlignedBuffer<float> peer = PeerLogits(path, prompts, vocabulary, "off");
        using AlignedBuffer<float> other = PeerLogits(path, prompts, vocabulary, "on");
        Console.WriteLine($"{Path.GetFileName(path)}, {count} prompts of {length} tokens");
        Report("ours from llama.cpp", peer, ours, vocabulary);
        Report("llama.cpp from itself", peer, other, vocabulary);
        return 0;
    }

    private static unsafe AlignedBuffer<float> Logits(DecoderWeights<float> weights, SimdKernels kernels, int[][] prompts)
    {
        int length = prompts[0].Length;
        int vocabulary = weights.Shape.VocabularySize;
        AlignedBuffer<float> all = new((long)prompts.Length * length * vocabulary);
        using RopeTables<float> rope = new(weights.Shape, length);
        using PackedAttentionPlan<float> plan = new();
        using DecoderForward<float> forward = new(weights, kernels, rope, length, length);
        int[] rows = [.. Enumerable.Range(0, length)];
        for (int i = 0; i < prompts.Length; i++)
        {
            plan.SetBatch(length, [0]);
            MatrixView<float> logits = forward.Run(prompts[i], rows, plan, rows);
            long bytes = (long)length * vocabulary * sizeof(float);
            Buffer.MemoryCopy(logits.Data, all.Data + ((long)i * length * vocabulary), bytes, bytes);
        }

        return all;
    }

    private static unsafe AlignedBuffer<float> PeerLogits(string path, int[][] prompts, int vocabulary, string flash)
    {
        int length = prompts[0].Length;
        AlignedBuffer<float> all = new((long)prompts.Length * length * vocabulary);
        string file = Path.GetTempFileName();
        using LlamaCppPeer peer = LlamaCppPeer.Start(path, 1, Math.Max(512, length + 16), 1, "f32", flash);
        for (int i = 0; i < prompts.Length; i++)
        {
            peer.Ask(new { op = "logits", tokens = prompts[i], file });
            using FileStream logits = File.OpenRead(file);
            logits.ReadExactly(MemoryMarshal.AsBytes(new Span<float>(all.Data + ((long)i * length * vocabulary), length * vocabulary)));
        }

        File.Delete(file);
        return all;
    }

    private static unsafe void Report(string name, AlignedBuffer<float> expected, AlignedBuffer<float> actual, int vocabulary)
    {
        long positions = expected.Length / vocabulary;
        double sum = 0;
        double largest = 0;
        int clear = 0;
        int other = 0;
        for (long position = 0; position < positions; position++)
        {
            ReadOnlySpan<float> p = new(expected.Data + (position * vocabulary), vocabulary);
            ReadOnlySpan<float> q = new(actual.Data + (position * vocabulary), vocabulary);
            (int best, double gap, double normP) = Describe(p);
            (int ours, _, double normQ) = Describe(q);
            double divergence = 0;
            for (int i = 0; i < vocabulary; i++)
            {
                double logP = p[i] - normP;
                divergence += Math.Exp(logP) * (logP - (q[i] - normQ));
            }

            sum += divergence;
            largest = Math.Max(largest, divergence);
            clear += gap > ClearGap ? 1 : 0;
            other += gap > ClearGap && ours != best ? 1 : 0;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {name,-22} mean KL {sum / positions:E2}, largest {largest:E2}, other best token at {other} of {clear} clear positions (of {positions})"));
    }

    private static (int Best, double Gap, double LogSumExp) Describe(ReadOnlySpan<float> logits)
    {
        int best = 0;
        double second = double.NegativeInfinity;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
            {
                second = logits[best];
                best = i;
            }
            else
            {
                second = Math.Max(second, logits[i]);
            }
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - logits[best]);
        }

        return (best, logits[best] - second, logits[best] + Math.Log(sum));
    }
}
