using System.Collections.Concurrent;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tests;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Adapters;

/// <summary>One small model in every packed type, each quantized once. Rows are whole super-blocks of 256, so no matrix falls back to another type.</summary>
public sealed class StoredBases : IDisposable
{
    private readonly ConcurrentDictionary<ElementType, DecoderWeights<float>> _weights = new();
    private readonly ComputePool _pool = new(new() { Threads = 1 });

    public StoredBases() => Kernels = new SimdKernels(_pool);

    public SimdKernels Kernels { get; }

    public static ModelShape Shape { get; } = ModelShape.Uniform("qwen2", 320, 256, 2, new LayerShape(4, 1, 64, 256), 64) with { TiedEmbeddings = true };

    public DecoderWeights<float> Get(ElementType type) => _weights.GetOrAdd(type, Create);

    public void Dispose()
    {
        foreach (DecoderWeights<float> weights in _weights.Values)
        {
            weights.Dispose();
        }

        Kernels.Dispose();
        _pool.Dispose();
    }

    private DecoderWeights<float> Create(ElementType type)
    {
        using TemporaryFolder folder = new();
        using DecoderWeights<float> weights = new(Shape);
        WeightInitializer.Fill(weights, new SampleStream(3));
        string path = folder["base.gguf"];
        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer, new GgufSaveOptions { Type = type });
        return GgufCheckpoint.Load(path, new CheckpointLoadOptions { Storage = WeightStorage.AsStored, Kernels = Kernels }).Weights;
    }
}
