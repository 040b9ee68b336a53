using System.Numerics;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tests;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Training.Adapters;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Adapters;

/// <summary>Adapters and bases for tests.</summary>
internal static unsafe class AdapterRun
{
    /// <summary>Overwrites A, B and magnitudes with numbers that matter, as after some training.</summary>
    public static void Disturb<T>(AdapterTrainer<T> trainer, ulong seed = 3, double spread = 0.2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SampleStream random = new(seed);
        foreach (AdapterSlot slot in trainer.Layout.Slots)
        {
            for (int i = 0; i < slot.Rank * slot.Inputs; i++)
            {
                trainer.Parameters.A(slot).Data[i] = T.CreateTruncating(spread * random.NextNormal());
            }

            for (int i = 0; i < slot.Rank * slot.Outputs; i++)
            {
                trainer.Parameters.B(slot).Data[i] = T.CreateTruncating(spread * random.NextNormal());
            }

            for (int i = 0; i < slot.Outputs && slot.OffsetMagnitude >= 0; i++)
            {
                trainer.Parameters.Magnitude(slot).Data[i] *= T.CreateTruncating(1 + (spread * random.NextUnit()));
            }
        }

        trainer.RefreshNorms();
    }

    /// <summary>Writes a seeded model and loads it in its stored types.</summary>
    public static DecoderWeights<float> Stored(string architecture, bool tied, ElementType type, IKernels<float>? kernels = null)
    {
        using TemporaryFolder folder = new();
        using DecoderWeights<float> weights = SeededModel.Weights(architecture, tied);
        string path = folder["base.gguf"];
        GgufCheckpoint.Save(path, weights, SeededModel.Tokenizer, new GgufSaveOptions { Type = type });
        return GgufCheckpoint.Load(path, new CheckpointLoadOptions { Storage = WeightStorage.AsStored, Kernels = kernels ?? new ReferenceKernels<float>() }).Weights;
    }

    public static float[] Gradients(AdapterTrainer<float> trainer) => new ReadOnlySpan<float>(trainer.Gradients.Data, (int)trainer.Gradients.Length).ToArray();

    public static float[] Values(AdapterTrainer<float> trainer) => new ReadOnlySpan<float>(trainer.Parameters.Data, (int)trainer.Parameters.Length).ToArray();
}
