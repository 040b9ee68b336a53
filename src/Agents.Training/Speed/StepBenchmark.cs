using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Training.Adapters;
using Agents.Training.Backward;
using Agents.Training.Checkpoints;
using Agents.Training.Data;
using Agents.Training.Loss;
using Agents.Training.Preflight;

namespace Agents.Training.Speed;

/// <summary>Measures whole optimizer steps on random tokens: forward, loss over the full vocabulary, backward, update. What the tokens say does not change the speed.</summary>
public static class StepBenchmark
{
    private const double LearningRate = 1e-4;

    /// <summary>Measures the steps of an adapter over a frozen base.</summary>
    /// <param name="weights">The base; only read.</param>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="threads">Their threads, for the report.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public static StepReport Adapter(
        DecoderWeights<float> weights, IKernels<float> kernels, int threads, StepBenchmarkOptions options, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Require(weights.Shape, options);
        using AdapterTrainer<float> trainer = new(weights, kernels, options.Adapter with { MaximumRows = options.MicroBatchRows });
        StepTimes times = new(time);
        trainer.Times = times;
        AdapterOptions adapter = options.Adapter.Adapter;
        string name = adapter.Kind == AdapterKind.Dora ? "dora" : adapter.RankStabilized ? "rslora" : "lora";
        StepReport report = new(
            name, threads, options.Tokens, options.MicroBatchRows, adapter.Rank, trainer.Layout.ParameterCount, trainer.Recomputes, trainer.ChunkRows, 0, 0, [], 0, 0, trainer.Memory);
        return Measure(trainer, report, options, times, time, cancellationToken);
    }

    /// <summary>Measures the steps of a training of all weights.</summary>
    /// <param name="weights">The model in single precision; the benchmark changes and disposes it.</param>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="threads">Their threads, for the report.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public static StepReport Full(
        DecoderWeights<float> weights, IKernels<float> kernels, int threads, StepBenchmarkOptions options, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Require(weights.Shape, options);
        using DecoderTrainer<float> trainer = new(weights, kernels, FullOptions(options));
        StepTimes times = new(time);
        trainer.Times = times;
        StepReport report = new(
            "full", threads, options.Tokens, options.MicroBatchRows, 0, weights.Length, trainer.Options.RecomputeLayers,
            trainer.Options.ChunkRows(weights.Shape.VocabularySize), 0, 0, [], 0, 0, PlanFull(weights.Shape, options));
        return Measure(trainer, report, options, times, time, cancellationToken);
    }

    /// <summary>Plans what <see cref="Full"/> will hold.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="options">What to measure.</param>
    public static MemoryLedger PlanFull(ModelShape shape, StepBenchmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ImmutableArray<MemoryLedgerEntry> entries = TrainingMemory.Full(shape, FullOptions(options), sizeof(float));
        return new MemoryLedger(entries[0].Bytes, entries[1..]);
    }

    private static DecoderTrainerOptions FullOptions(StepBenchmarkOptions options) => new() { MaximumRows = options.MicroBatchRows };

    private static void Require(ModelShape shape, StepBenchmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.MicroBatchRows > shape.ContextLength)
        {
            throw new ArgumentException($"Sequences of {options.MicroBatchRows} tokens do not fit the model's context of {shape.ContextLength}; give fewer rows per micro-batch.", nameof(options));
        }
    }

    private static StepReport Measure(
        ICheckpointedModel trainer, StepReport report, StepBenchmarkOptions options, StepTimes times, TimeProvider time, CancellationToken cancellationToken)
    {
        ImmutableArray<PackedBatch> batches = Batches(trainer.Shape, options);
        CrossEntropyLoss loss = new();
        LossContext context = new(batches.Sum(batch => batch.TargetCount), 1, 1, 0);
        Step(trainer, batches, loss, context);
        times.Clear();
        var seconds = new double[options.Rounds];
        long allocated = 0;
        for (int round = 0; round < options.Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = time.GetTimestamp();
            Step(trainer, batches, loss, context);
            seconds[round] = time.GetElapsedTime(start).TotalSeconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Array.Sort(seconds);
        double median = (seconds[options.Rounds / 2] + seconds[(options.Rounds - 1) / 2]) / 2;
        using Process process = Process.GetCurrentProcess();
        return report with
        {
            Seconds = median,
            TokensPerSecond = options.Tokens / median,
            Phases = [.. Enum.GetValues<StepPhase>().Select(phase => new PhaseTime(phase.ToString().ToLower(CultureInfo.InvariantCulture), times.Of(phase).TotalSeconds / options.Rounds))],
            AllocatedBytes = allocated,
            PeakBytes = process.PeakWorkingSet64,
        };
    }

    private static void Step(ICheckpointedModel trainer, ImmutableArray<PackedBatch> batches, CrossEntropyLoss loss, in LossContext context)
    {
        foreach (PackedBatch batch in batches)
        {
            trainer.AccumulateGradients(batch, loss, context);
        }

        trainer.ApplyGradients(LearningRate);
    }

    private static ImmutableArray<PackedBatch> Batches(ModelShape shape, StepBenchmarkOptions options)
    {
        SampleStream random = new(1);
        List<SequencePiece> pieces = [];
        for (int left = options.Tokens; left > 1;)
        {
            var tokens = new int[Math.Min(left, options.MicroBatchRows)];
            for (int i = 0; i < tokens.Length; i++)
            {
                tokens[i] = random.NextInt(shape.VocabularySize);
            }

            pieces.Add(SequencePiece.Whole(TrainingExample.Text(tokens)));
            left -= tokens.Length;
        }

        return SequencePacker.Pack(pieces, options.MicroBatchRows);
    }
}
