using Agents.Learning;
using Agents.Models.Decoder;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Adapters;
using Agents.Training.Loss;
using Agents.Training.Tests.Backward;

namespace Agents.Training.Tests.Adapters;

/// <summary>The ledger against the process's own count, which other tests would disturb.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class AdapterMemoryTests
{
    [Theory]
    [InlineData(AdapterKind.Lora, true)]
    [InlineData(AdapterKind.Lora, false)]
    [InlineData(AdapterKind.Dora, true)]
    public void Memory_AgainstWhatIsAllocated_IsRight(AdapterKind kind, bool recompute)
    {
        using DecoderWeights<float> weights = AdapterRun.Stored("qwen2", tied: true, ElementType.Q8_0);
        PackedBatch batch = TestBatches.Packed(320, 3, 96, 96, 90, 96, 80, 54);
        AdapterTrainerOptions options = new() { RecomputeLayers = recompute, Adapter = new AdapterOptions { Kind = kind } };

        // What other tests left to the finalizers must not be freed while this one counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = AloneInTheProcess.BytesInUse();
        using AdapterTrainer<float> sut = new(weights, new ReferenceKernels<float>(), options);
        sut.AccumulateGradients(batch, new CrossEntropyLoss(), TestBatches.Context(batch));
        long taken = UnmanagedMemory.BytesInUse - before;

        MemoryLedger ledger = sut.Memory;

        Assert.True(ledger.AddedBytes >= 0.9 * taken, $"planned {ledger.AddedBytes}, took {taken}\n{ledger}");
        Assert.True(ledger.AddedBytes <= 1.1 * taken, $"planned {ledger.AddedBytes}, took {taken}\n{ledger}");
    }
}
