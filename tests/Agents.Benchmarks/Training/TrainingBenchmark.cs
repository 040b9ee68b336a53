using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;
using Agents.Training.Backward;
using Agents.Training.Data;
using Agents.Training.Loss;

namespace Agents.Benchmarks.Training;

/// <summary>
/// Tokens per second of whole optimizer steps at the shape of the embedded model: 16k tokens in sequences of 256 to 512. Processor seconds stay meaningful on
/// a machine that others use too; with one thread they equal wall seconds on an idle one.
/// </summary>
internal static unsafe class TrainingBenchmark
{
    private const int TokensPerStep = 16_384;
    private const int Vocabulary = 512;
    private const int MaximumSequence = 512;
    private static readonly int[] s_rows = [512, 1024, 2048, 4096];
    private static readonly CrossEntropyLoss s_loss = new();

    private static ModelShape Shape { get; } =
        ModelShape.Uniform("llama", Vocabulary, 256, 4, new LayerShape(4, 2, 64, 512), 1024) with { TiedEmbeddings = true };

    /// <summary>Prints speed per micro-batch size and thread count, then the phases of the best.</summary>
    public static int Run(string[] arguments)
    {
        int steps = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 3;
        Console.WriteLine("| threads | rows per micro-batch | tokens/s | tokens per processor second | GFLOP/s | GEMM peak, GFLOP/s | share of peak | bytes allocated per step |\n|---|---|---|---|---|---|---|---|");
        foreach (int threads in new[] { 1, 2 })
        {
            using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
            using SimdKernels kernels = new(pool);
            double peak = MatrixPeak(kernels);
            foreach (int rows in s_rows)
            {
                (double seconds, double busy, double operations, long allocated, _) = Measure(kernels, rows, steps);
                double speed = operations / seconds / 1e9;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {threads} | {rows} | {TokensPerStep / seconds:F0} | {TokensPerStep / busy:F0} | {speed:F1} | {peak:F0} | {speed / peak:P0} | {allocated} |"));
            }
        }

        foreach (int threads in new[] { 1, 2 })
        {
            using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
            using SimdKernels kernels = new(pool);
            PrintPhases(threads, Measure(kernels, 1024, steps));
        }

        return 0;
    }

    private static void PrintPhases(int threads, (double Seconds, double Busy, double Operations, long Allocated, IReadOnlyDictionary<string, (long Ticks, double Operations)> Phases) run)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n| phase ({threads} threads) | share | GFLOP/s |\n|---|---|---|"));
        double total = run.Phases.Values.Sum(p => p.Ticks);
        foreach ((string phase, (long ticks, double operations)) in run.Phases.OrderByDescending(p => p.Value.Ticks))
        {
            double speed = operations / (ticks / (double)Stopwatch.Frequency) / 1e9;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {phase} | {ticks / total:P1} | {speed:F1} |"));
        }
    }

    private static (double Seconds, double Busy, double Operations, long Allocated, IReadOnlyDictionary<string, (long Ticks, double Operations)> Phases) Measure(
        SimdKernels kernels, int rows, int steps)
    {
        TimedKernels timed = new(kernels);
        DecoderWeights<float> weights = new(Shape);
        WeightInitializer.Fill(weights, new SampleStream(1));
        using DecoderTrainer<float> trainer = new(weights, timed, new DecoderTrainerOptions { MaximumRows = rows });
        ImmutableArray<PackedBatch> batches = Batches(rows);
        LossContext context = new(batches.Sum(b => b.TargetCount), 1, 1, 0);
        Step(trainer, batches, context);
        timed.Reset();
        double best = double.MaxValue;
        double busy = double.MaxValue;
        long allocated = 0;
        for (int i = 0; i < steps; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            Step(trainer, batches, context);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            busy = Math.Min(busy, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        double scale = (double)TokensPerStep / batches.Sum(b => b.Rows);
        return (best * scale, busy * scale, timed.Phases.Values.Sum(p => p.Operations) / steps * scale, allocated, timed.Phases);
    }

    private static void Step(DecoderTrainer<float> trainer, ImmutableArray<PackedBatch> batches, in LossContext context)
    {
        foreach (PackedBatch batch in batches)
        {
            trainer.AccumulateGradients(batch, s_loss, context);
        }

        trainer.ApplyGradients(1e-3);
    }

    private static ImmutableArray<PackedBatch> Batches(int rows)
    {
        SampleStream random = new(2);
        List<SequencePiece> pieces = [];
        int total = 0;
        while (total < TokensPerStep)
        {
            int[] tokens = new int[256 + random.NextInt(MaximumSequence - 256 + 1)];
            for (int i = 0; i < tokens.Length; i++)
            {
                tokens[i] = random.NextInt(Vocabulary);
            }

            pieces.Add(SequencePiece.Whole(TrainingExample.Text(tokens)));
            total += tokens.Length;
        }

        return SequencePacker.Pack(pieces, rows);
    }

    private static double MatrixPeak(SimdKernels kernels)
    {
        const int Size = 1024;
        using AlignedBuffer<float> memory = new(3L * Size * Size);
        memory.Span.Fill(0.5f);
        MatrixView<float> a = new(memory.Data, Size, Size);
        MatrixView<float> b = new(memory.Data + (Size * Size), Size, Size);
        MatrixView<float> c = new(memory.Data + (2 * Size * Size), Size, Size);
        double best = double.MaxValue;
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < 1.5;)
        {
            long start = Stopwatch.GetTimestamp();
            kernels.MultiplyTransposed(a, b, c, accumulate: false);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Size * Size * Size / best / 1e9;
    }
}
