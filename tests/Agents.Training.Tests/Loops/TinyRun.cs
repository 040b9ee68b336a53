using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Training.Backward;
using Agents.Training.Data;
using Agents.Training.Loops;
using Agents.Training.Optimization;

namespace Agents.Training.Tests.Loops;

/// <summary>A run of 12 steps over 17 short sequences, small enough to repeat dozens of times.</summary>
internal static unsafe class TinyRun
{
    public const int Steps = 12;

    public static InMemoryExampleSource Data { get; } = new(Enumerable.Range(0, 17).Select(i =>
        TrainingExample.Text([.. Enumerable.Range(0, 3 + (i % 5)).Select(j => ((i * 3) + (j * j)) % 13)])));

    public static ModelShape Shape { get; } =
        ModelShape.Uniform("qwen3", 13, 8, 2, new LayerShape(2, 1, 4, 6), 16) with { TiedEmbeddings = true };

    public static DecoderTrainer<float> Model(ModelShape? shape = null, AdamWOptions? optimizer = null)
    {
        DecoderWeights<float> weights = new(shape ?? Shape);
        WeightInitializer.Fill(weights, new SampleStream(5));
        return new DecoderTrainer<float>(weights, new ReferenceKernels<float>(), new DecoderTrainerOptions { MaximumRows = 12, Optimizer = optimizer ?? new() });
    }

    public static SupervisedTrainerOptions Options(string folder, bool resume = false) => new()
    {
        Steps = Steps,
        OutputFolder = folder,
        Seed = 9,
        Resume = resume,
        Packing = new PackingOptions { TokensPerStep = 24, RowsPerBatch = 12, MaximumSequence = 8 },
        Schedule = new LearningRateSchedule { Peak = 0.05 },
        ValidationExamples = 3,
    };

    public static byte[] Bits(DecoderTrainer<float> model) => new ReadOnlySpan<byte>(model.Weights.Data, (int)model.Weights.Length * sizeof(float)).ToArray();
}
