using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Agents.Learning;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Training.Adapters;
using Agents.Training.Data;
using Agents.Training.Loss;
using Agents.Training.Speed;

namespace Agents.Benchmarks.Training;

/// <summary>One trainer in a process of its own, so that its peak of resident memory is that of a run: answers each line of standard input with one step.</summary>
internal static class LoraStepServer
{
    private const int Tokens = 256;

    /// <summary>Loads a model, reports its size, and runs a step per line until the input ends.</summary>
    public static int Run(string[] arguments)
    {
        int threads = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
        using SimdKernels kernels = new(pool);
        DecoderCheckpoint checkpoint = GgufCheckpoint.Load(arguments[0], new CheckpointLoadOptions { Storage = WeightStorage.AsStored, Kernels = kernels });
        using DecoderWeights<float> weights = checkpoint.Weights;
        AdapterTrainerOptions options = new() { MaximumRows = Tokens };
        if (arguments.Length > 2)
        {
            options = options with { MemoryRatio = double.Parse(arguments[2], CultureInfo.InvariantCulture) };
        }

        TimedKernels timed = new(kernels);
        using AdapterTrainer<float> trainer = new(weights, timed, options);
        StepTimes times = new(TimeProvider.System);
        trainer.Times = times;
        ImmutableArray<PackedBatch> batches = Batches(weights.Shape.VocabularySize);
        LossContext context = new(batches.Sum(batch => batch.TargetCount), 1, 1, 0);
        CrossEntropyLoss loss = new();
        Console.Error.Write(trainer.Memory);
        Console.WriteLine(JsonSerializer.Serialize(new { weightBytes = AdapterMemory.BytesOf(weights), ledger = trainer.Memory.Ratio, recomputes = trainer.Recomputes, chunk = trainer.ChunkRows }));
        using Process process = Process.GetCurrentProcess();
        while (Console.ReadLine() is not null)
        {
            times.Clear();
            timed.Reset();
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            double value = 0;
            foreach (PackedBatch batch in batches)
            {
                value += trainer.AccumulateGradients(batch, loss, context);
            }

            trainer.ApplyGradients(1e-4);
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            process.Refresh();
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                milliseconds,
                phases = Enum.GetValues<StepPhase>().ToDictionary(phase => phase.ToString(), phase => Math.Round(times.Of(phase).TotalMilliseconds, 1)),
                kernels = timed.Phases.OrderByDescending(phase => phase.Value.Ticks).Take(12).ToDictionary(
                    phase => phase.Key, phase => Math.Round(1e3 * phase.Value.Ticks / Stopwatch.Frequency, 1)),
                loss = value,
                allocated,
                peakBytes = process.PeakWorkingSet64,
            }));
        }

        return 0;
    }

    private static ImmutableArray<PackedBatch> Batches(int vocabulary)
    {
        SampleStream random = new(1);
        var tokens = new int[Tokens];
        for (int i = 0; i < Tokens; i++)
        {
            tokens[i] = random.NextInt(vocabulary);
        }

        return SequencePacker.Pack([SequencePiece.Whole(TrainingExample.Text(tokens))], Tokens);
    }
}
